// Rules of misbehaviour come from tests in any language: one that says nothing known would strike nothing, and
// the test would pass for the wrong reason.

import { type ErrorCode, isErrorCode } from '../http/errors.ts'
import { actions } from '../http/routing.ts'

/** What goes wrong. */
export type FaultKind =
  /** Waits before the request is looked at. Unit: milliseconds; with `spreadMs`, up to that much more, by chance. */
  | { readonly kind: 'latency'; readonly ms: number; readonly spreadMs?: number }
  /** Bodies pass at this speed in each direction, bytes per second. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Answers with an error instead of working. Default: 500 InternalError. */
  | { readonly kind: 'error'; readonly status?: number; readonly code?: ErrorCode }
  /** Answers 503 and says how long to stay away (`x-oss-qos-delay-time`). */
  | { readonly kind: 'throttle'; readonly delayMs: number }
  /** The connection breaks after this many bytes of the request body; nothing is stored. */
  | { readonly kind: 'reset-request'; readonly afterBytes: number }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'lose-request' }
  /** The work is done, the answer never arrives. With `onlySuccess` (default) failures still do. */
  | { readonly kind: 'lose-answer'; readonly onlySuccess?: boolean }
  /** The answer's body breaks off after this many bytes. */
  | { readonly kind: 'cut-answer'; readonly afterBytes: number }
  /** The answer carries another CRC-64 than the bytes have. */
  | { readonly kind: 'wrong-crc' }
  /** The work is done, the answer comes this much later, milliseconds. */
  | { readonly kind: 'slow-answer'; readonly ms: number }

/** Which requests a fault befalls. */
export type FaultRule = FaultKind & {
  /** The operations it strikes, as OSS names them. @default all */
  readonly operations?: readonly string[]
  /** How often, 0 to 1. @default 1 */
  readonly rate?: number
  /** Requests it lets pass first. @default 0 */
  readonly skip?: number
  /** Strikes at most so often. @default any number */
  readonly times?: number
}

/** What each kind needs, and what it may have. */
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
/** `Unknown` is what a request is called that asks for nothing known. */
const operationNames = [...Object.keys(actions), 'Unknown']

/** @throws {Error} that names the rule, the value and the allowed ones */
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
