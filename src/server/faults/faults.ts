// Produces faults on demand, in one place: a wrapper around the handler. Each rule says which requests it applies to
// and which fault it produces. Several rules may apply to one request. For tests of your own code, and for the
// simulation.

import { isBytes } from '../../foreign/bytes.ts'
import type { Clock, Random } from '../../ports.ts'
import type { Addressing } from '../http/address.ts'
import { faultAnswer } from '../http/answer.ts'
import { headerTime } from '../http/documents.ts'
import { OssFault } from '../http/errors.ts'
import { BrokenBody, type Handler, type ServerRequest, type ServerResponse } from '../http/http.ts'
import { slowed } from '../http/slowed.ts'
import { randomHex } from '../request/context.ts'
import { identify } from '../request/identify.ts'
import { checkFaultRules, type FaultRule } from './fault-rules.ts'

/** The faults that a local OSS produces on demand. */
export interface Faults {
  /** Wraps a handler so that it produces the faults. */
  readonly wrap: (handler: Handler) => Handler
  /**
   * Replaces all rules. The counts of the new rules start at 0.
   * @throws {Error} if a rule has a wrong kind, operation or number
   */
  readonly set: (rules: readonly FaultRule[]) => void
  /** Returns the active rules. */
  readonly rules: () => readonly FaultRule[]
}

export interface FaultParts {
  readonly clock: Clock
  readonly random: Random
  readonly addressing?: Addressing
  readonly rules?: readonly FaultRule[]
}

export function createFaults(parts: FaultParts): Faults {
  let active: ActiveRule[] = []
  const set = (rules: readonly FaultRule[]) => {
    checkFaultRules(rules)
    active = rules.map(rule => ({ rule, passed: 0, struck: 0 }))
  }
  set(parts.rules ?? [])
  return {
    set,
    rules: () => active.map(({ rule }) => rule),
    wrap: handler => async request => {
      if (active.length === 0) return handler(request)
      const operation = nameOperation(request, parts.addressing)
      const striking = active.filter(one => strikes(one, operation, parts.random))
      return misbehave(
        handler,
        request,
        striking.map(({ rule }) => rule),
        parts,
      )
    },
  }
}

interface ActiveRule {
  readonly rule: FaultRule
  passed: number
  struck: number
}

function strikes(active: ActiveRule, operation: string, random: Random): boolean {
  const { rule } = active
  if (rule.operations && !rule.operations.includes(operation)) return false
  if (active.passed++ < (rule.skip ?? 0)) return false
  if (active.struck >= (rule.times ?? Number.POSITIVE_INFINITY)) return false
  if (rule.rate !== undefined && random.next() >= rule.rate) return false
  active.struck++
  return true
}

function nameOperation(request: ServerRequest, addressing: Addressing | undefined): string {
  try {
    return identify(request, addressing).operation
  } catch {
    return 'Unknown'
  }
}

/** Applies latency first, then faults that prevent the operation, then faults of the answer. */
async function misbehave(
  handler: Handler,
  request: ServerRequest,
  /** The active rules. */
  rules: readonly FaultRule[],
  { clock, random }: FaultParts,
): Promise<ServerResponse> {
  let body = request.body
  for (const rule of rules) {
    switch (rule.kind) {
      case 'latency':
        await clock.sleep(rule.ms + random.next() * (rule.spreadMs ?? 0))
        break
      case 'lose-request':
        return { status: 500, headers: {}, fate: 'lost' }
      case 'error':
        return errorAnswer(
          new OssFault(
            rule.code ?? 'InternalError',
            rule.status === undefined ? {} : { status: rule.status },
          ),
          request,
          clock,
          random,
        )
      case 'throttle':
        return errorAnswer(
          new OssFault('ServiceUnavailable', {
            headers: { 'x-oss-qos-delay-time': String(rule.delayMs) },
          }),
          request,
          clock,
          random,
        )
      case 'reset-request':
        body = breaking(body, rule.afterBytes)
        break
      case 'bandwidth':
        body = slowed(body, rule.bytesPerSecond, clock)
        break
      default:
        break
    }
  }
  let response = await handler({ ...request, body })
  for (const rule of rules) response = await spoil(response, rule, clock)
  return response
}

async function spoil(
  response: ServerResponse,
  rule: FaultRule,
  clock: Clock,
): Promise<ServerResponse> {
  const { body, headers, status } = response
  const stream = isBytes(body) ? once(body) : body
  switch (rule.kind) {
    case 'reset-request':
      return status >= 400 ? { ...response, fate: 'lost' } : response
    case 'lose-answer':
      return status < 400 || rule.onlySuccess === false ? { ...response, fate: 'lost' } : response
    case 'slow-answer':
      await clock.sleep(rule.ms)
      return response
    case 'cut-answer':
      return stream ? { ...response, body: breaking(stream, rule.afterBytes) } : response
    case 'bandwidth':
      return stream ? { ...response, body: slowed(stream, rule.bytesPerSecond, clock) } : response
    case 'wrong-crc': {
      const crc = headers['x-oss-hash-crc64ecma']
      if (crc === undefined) return response
      const wrong = (BigInt(crc) ^ 1n).toString()
      return { ...response, headers: { ...headers, 'x-oss-hash-crc64ecma': wrong } }
    }
    default:
      return response
  }
}

function errorAnswer(
  fault: OssFault,
  request: ServerRequest,
  clock: Clock,
  random: Random,
): ServerResponse {
  const requestId = randomHex(random, 24)
  const answer = faultAnswer(fault, {
    requestId,
    hostId: request.headers.host ?? '',
    isHead: request.method === 'HEAD',
  })
  return {
    ...answer,
    headers: {
      server: 'AliyunOSS',
      date: headerTime(clock.now()),
      'x-oss-request-id': requestId,
      ...answer.headers,
    },
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes
}

async function* breaking(
  bytes: AsyncIterable<Uint8Array>,
  afterBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let left = afterBytes
  for await (const chunk of bytes) {
    if (chunk.length > left) {
      if (left > 0) yield chunk.subarray(0, left)
      throw new BrokenBody('aborted')
    }
    left -= chunk.length
    yield chunk
  }
}
