// Checks fault rules. They come from tests in any language. A rule with a misspelt field would never apply, and the
// test would pass for the wrong reason.

import { type ErrorCode, isErrorCode } from '../http/errors.ts'
import { actions } from '../http/routing.ts'

/** The kinds of faults. */
export type FaultKind =
  /**
   * Waits before the server handles the request. Milliseconds. `spreadMs` adds a random time of at most that many
   * milliseconds.
   */
  | { readonly kind: 'latency'; readonly ms: number; readonly spreadMs?: number }
  /** Bodies are transferred at this speed in each direction, bytes per second. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Answers with an error instead of performing the operation. Default: 500 InternalError. */
  | { readonly kind: 'error'; readonly status?: number; readonly code?: ErrorCode }
  /** Answers 503 and says how long to wait (`x-oss-qos-delay-time`). */
  | { readonly kind: 'throttle'; readonly delayMs: number }
  /** Breaks the connection after this many bytes of the request body. Nothing is stored. */
  | { readonly kind: 'reset-request'; readonly afterBytes: number }
  /** Breaks the connection before the operation starts. */
  | { readonly kind: 'lose-request' }
  /**
   * Performs the operation, but never sends the answer. With `onlySuccess` (default), answers with an error are still
   * sent.
   */
  | { readonly kind: 'lose-answer'; readonly onlySuccess?: boolean }
  /** Breaks the connection after this many bytes of the answer's body. */
  | { readonly kind: 'cut-answer'; readonly afterBytes: number }
  /** The answer has a CRC-64 that differs from the CRC-64 of the bytes. */
  | { readonly kind: 'wrong-crc' }
  /** Performs the operation, and sends the answer this many milliseconds later. */
  | { readonly kind: 'slow-answer'; readonly ms: number }

/** A fault, and the requests that it applies to. */
export type FaultRule = FaultKind & {
  /** The operations that the rule applies to, by OSS's names. @default all */
  readonly operations?: readonly string[]
  /** Probability that the rule applies to a request, 0 to 1. @default 1 */
  readonly rate?: number
  /** Number of requests to skip first. @default 0 */
  readonly skip?: number
  /** Maximum number of times that it applies. @default any number */
  readonly times?: number
}

/** Required and optional fields of each kind. */
const fields: { readonly [Kind in FaultKind['kind']]: readonly [string[], string[]] } = {
  latency: [['ms'], ['spreadMs']],
  bandwidth: [['bytesPerSecond'], []],
  error: [[], ['status', 'code']],
  throttle: [['delayMs'], []],
  'reset-request': [['afterBytes'], []],
  'lose-request': [[], []],
  'lose-answer': [[], ['onlySuccess']],
  'cut-answer': [['afterBytes'], []],
  'wrong-crc': [[], []],
  'slow-answer': [['ms'], []],
}

const common = ['operations', 'rate', 'skip', 'times']
/** `Unknown` is the name for requests that ask for no known operation. */
const operationNames = [...Object.keys(actions), 'Unknown']

/**
 * Checks fault rules.
 * @throws {Error} naming the rule, the value and the allowed values
 */
export function checkFaultRules(rules: readonly FaultRule[]): void {
  for (const [at, rule] of rules.entries()) {
    const refuse = (what: string, allowed: readonly string[] | string): never => {
      const list = typeof allowed === 'string' ? allowed : allowed.join(', ')
      throw new Error(`Fault ${at + 1}: ${what}. Allowed: ${list}.`)
    }
    const { kind } = rule
    if (!Object.hasOwn(fields, kind))
      refuse(`no kind is called ${shown(kind)}`, Object.keys(fields))
    const [needed, further] = fields[kind]
    const known = ['kind', ...needed, ...further, ...common]
    const given = new Map<string, unknown>(Object.entries(rule))
    for (const name of given.keys())
      if (!known.includes(name)) refuse(`${kind} knows no ${shown(name)}`, known)
    for (const name of needed)
      if (given.get(name) === undefined) refuse(`${kind} needs ${name}`, 'a number')
    for (const [name, value] of given) {
      if (value === undefined || name === 'kind') continue
      const isRight = checks[name] ?? isCount
      if (!isRight(value)) refuse(`${name} is ${shown(value)}`, words[name] ?? 'a number from 0')
    }
  }
}

const isCount = (value: unknown) => typeof value === 'number' && value >= 0

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  operations: value =>
    Array.isArray(value) && value.every(name => operationNames.includes(name as string)),
  rate: value => isCount(value) && (value as number) <= 1,
  bytesPerSecond: value => isCount(value) && (value as number) > 0,
  status: value => Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599,
  code: value => typeof value === 'string' && isErrorCode(value),
  onlySuccess: value => typeof value === 'boolean',
}

const words: Readonly<Record<string, readonly string[] | string>> = {
  operations: operationNames,
  rate: 'a number from 0 to 1',
  bytesPerSecond: 'a number above 0',
  status: 'an HTTP status from 200 to 599',
  code: "one of OSS's codes that this server knows",
  onlySuccess: 'true or false',
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
