// Checks the options of `serve` before anything is opened. A misspelt name would be ignored, and a test that relies
// on it would pass or fail for the wrong reason.

import { isBucketName } from './rules/names.ts'
import { unconfirmedChoices } from './rules/unconfirmed.ts'

export interface OptionRule {
  readonly isValid: (value: unknown) => boolean
  readonly allowed: string
}

const text: OptionRule = {
  isValid: value => typeof value === 'string' && value !== '',
  allowed: 'a string that is not empty',
}
const toggle: OptionRule = {
  isValid: value => typeof value === 'boolean',
  allowed: 'true or false',
}
const callable: OptionRule = {
  isValid: value => typeof value === 'function',
  allowed: 'a function',
}

function whole(min: number, max: number): OptionRule {
  return {
    isValid: value => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
    allowed: `a whole number from ${min} to ${max}`,
  }
}

function listOf(isItem: (item: unknown) => boolean, allowed: string): OptionRule {
  return { isValid: value => Array.isArray(value) && value.every(isItem), allowed }
}

const acls = ['private', 'public-read', 'public-read-write', 'authenticated-read']
const bucketNames = '3 to 63 of a-z, 0-9 and -, with a letter or digit at both ends'
const timeMax = 2 ** 31 - 1

/** The rules for each option. */
export const optionRules = {
  port: whole(0, 65_535),
  host: text,
  data: text,
  sync: toggle,
  keys: {
    isValid: value => Array.isArray(value) && value.length > 0 && value.every(isKeyPair),
    allowed: 'a list of at least one { accessKeyId, accessKeySecret }',
  },
  region: {
    isValid: value => typeof value === 'string' && /^(?!oss-)[a-z0-9-]+$/.test(value),
    allowed: 'a region id without oss-, such as cn-hangzhou',
  },
  createBuckets: toggle,
  buckets: listOf(
    isBucket,
    `a list of bucket names (${bucketNames}), or of { name, acl } with the acl ${acls.join(', ')}`,
  ),
  cors: listOf(
    isOrigin,
    "a list of origins, such as 'http://localhost:5173'; '*' matches any text",
  ),
  domains: {
    isValid: value =>
      isRecord(value) &&
      Object.values(value).every(name => typeof name === 'string' && isBucketName(name)),
    allowed: `an object of host names, each with its bucket's name (${bucketNames})`,
  },
  hosts: listOf(text.isValid, 'a list of host names'),
  faults: listOf(isRecord, 'a list of fault rules'),
  clockSkewMs: {
    isValid: value => Number.isFinite(value),
    allowed: 'a number of milliseconds',
  },
  partSizeMin: whole(1, 5 * 1024 ** 3),
  idleTimeoutMs: whole(1, timeMax),
  allowCallbacks: toggle,
  control: toggle,
  tls: {
    isValid: value => isRecord(value) && text.isValid(value.key) && text.isValid(value.cert),
    allowed: '{ key, cert }, both PEM',
  },
  unconfirmed: {
    isValid: isUnconfirmed,
    allowed: 'an object of switches of unconfirmedChoices, each with one of its choices',
  },
  onError: callable,
} as const satisfies Record<string, OptionRule>

/**
 * Checks the options.
 * @throws {Error} naming the option, the value and the allowed values
 */
export function checkServeOptions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    const rules: Readonly<Record<string, OptionRule>> = optionRules
    if (!Object.hasOwn(rules, name)) {
      throw new Error(
        `serve() has no option ${JSON.stringify(name)}. Options: ${Object.keys(rules).join(', ')}.`,
      )
    }
    const rule = rules[name]
    if (value === undefined || rule?.isValid(value)) continue
    // Messages must not show a key pair or a private key.
    const isSecret = name === 'keys' || name === 'tls'
    const shown = isSecret ? 'not valid' : (JSON.stringify(value) ?? String(value))
    throw new Error(`serve({ ${name} }) is ${shown}. Allowed: ${rule?.allowed}.`)
  }
}

function isKeyPair(value: unknown): boolean {
  return isRecord(value) && text.isValid(value.accessKeyId) && text.isValid(value.accessKeySecret)
}

function isBucket(value: unknown): boolean {
  if (typeof value === 'string') return isBucketName(value)
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    isBucketName(value.name) &&
    acls.some(acl => acl === value.acl)
  )
}

function isOrigin(value: unknown): boolean {
  return (
    typeof value === 'string' && /^(\*|https?:\/\/[^/\s]+)$/.test(value) && !/\*.*\*/.test(value)
  )
}

function isUnconfirmed(value: unknown): boolean {
  const choices: Readonly<Record<string, readonly string[]>> = unconfirmedChoices
  return (
    isRecord(value) &&
    Object.entries(value).every(
      ([name, choice]) =>
        Object.hasOwn(choices, name) &&
        (choice === undefined || choices[name]?.some(one => one === choice)),
    )
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
