// The rules for the options of `serve`, checked before anything is opened. A misspelt name would be ignored, and a test
// that relies on it would pass or fail for the wrong reason.

import { checkOptions, type RulesOf } from '../validation/check-options.ts'
import { isPlain } from '../validation/plain.ts'
import { Misfit, type Rule, rule } from '../validation/rule.ts'
import {
  aFunction,
  filledString,
  listOf,
  oneOf,
  place,
  strings,
  trueOrFalse,
  wholeNumber,
} from '../validation/rules.ts'
import type { KeyPair } from './auth/keys.ts'
import type { FaultRule } from './faults/fault-rules.ts'
import type { ServeOptions } from './index.ts'
import { isBucketName } from './rules/names.ts'
import { type Unconfirmed, unconfirmedChoices } from './rules/unconfirmed.ts'
import type { BucketAcl } from './store/records.ts'

const bucketNames = '3 to 63 of a-z, 0-9 and -, with a letter or digit at both ends'
const timeMax = 2 ** 31 - 1

const bucketName = rule(
  `the name of a bucket (${bucketNames})`,
  (value): value is string => typeof value === 'string' && isBucketName(value),
)

const acl: Rule<BucketAcl> = oneOf(
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
)

const bucket: Rule<string | { readonly name: string; readonly acl: BucketAcl }> = {
  allowed: `${bucketName.allowed}, or { name, acl } with the acl ${acl.allowed}`,
  read(value) {
    if (!isPlain(value)) return bucketName.read(value)
    return {
      name: bucketName.read(Reflect.get(value, 'name')),
      acl: acl.read(Reflect.get(value, 'acl')),
    }
  },
}

const keyPair: Rule<KeyPair> = {
  allowed: '{ accessKeyId, accessKeySecret }',
  read(value) {
    if (!isPlain(value)) throw new Misfit()
    for (const name of ['accessKeyId', 'accessKeySecret']) {
      filledString.read(Reflect.get(value, name))
    }
    // The cast is safe: the key ring takes further properties as they are, as it does from the control API.
    return { ...value } as KeyPair
  },
}

const keyPairs: Rule<readonly KeyPair[]> = {
  allowed: 'a list of at least one { accessKeyId, accessKeySecret }',
  // Messages must not show a secret.
  isHidden: true,
  read(value) {
    const read = listOf(keyPair).read(value)
    if (read.length === 0) throw new Misfit()
    return read
  },
}

const origin = rule(
  "the origin of a web page, such as 'http://localhost:5173'; '*' matches any text",
  (value): value is string =>
    typeof value === 'string' && /^(\*|https?:\/\/[^/\s]+)$/.test(value) && !/\*.*\*/.test(value),
)

const domains: Rule<Record<string, string>> = {
  allowed: `a plain object of host names, each with its bucket's name (${bucketNames})`,
  read(value) {
    const read = strings.read(value)
    for (const [host, name] of Object.entries(read)) {
      if (!isBucketName(name)) throw new Misfit({ at: place(host), value: { given: name } })
    }
    return read
  },
}

const tls: Rule<{ readonly key: string; readonly cert: string }> = {
  allowed: '{ key, cert }, both PEM',
  isHidden: true,
  read(value) {
    if (!isPlain(value)) throw new Misfit()
    const [key, cert] = [Reflect.get(value, 'key'), Reflect.get(value, 'cert')]
    return { key: filledString.read(key), cert: filledString.read(cert) }
  },
}

const unconfirmed: Rule<Partial<Unconfirmed>> = {
  allowed: 'a plain object of switches of unconfirmedChoices, each with one of its choices',
  read(value) {
    if (!isPlain(value)) throw new Misfit()
    const choices = new Map<string, readonly string[]>(Object.entries(unconfirmedChoices))
    for (const [name, choice] of Object.entries(value)) {
      const isKnown = choices.get(name)?.includes(choice) || (choices.has(name) && !choice)
      if (!isKnown) throw new Misfit({ at: place(name), value: { given: choice } })
    }
    return { ...value }
  },
}

/** The rules for each option. */
export const serveRules = {
  port: wholeNumber(0, 65_535),
  host: filledString,
  data: filledString,
  sync: trueOrFalse,
  keys: keyPairs,
  region: rule(
    'a region id without oss-, such as cn-hangzhou',
    (value): value is string => typeof value === 'string' && /^(?!oss-)[a-z0-9-]+$/.test(value),
  ),
  createBuckets: trueOrFalse,
  buckets: listOf(bucket),
  cors: listOf(origin),
  domains,
  hosts: listOf(filledString),
  // The list of faults checks each rule by itself.
  faults: listOf(rule('a fault rule', (value): value is FaultRule => isPlain(value))),
  clockSkewMs: rule(
    'a number of milliseconds',
    (value): value is number => typeof value === 'number' && Number.isFinite(value),
  ),
  partSizeMin: wholeNumber(1, 5 * 1024 ** 3),
  idleTimeoutMs: wholeNumber(1, timeMax),
  allowCallbacks: trueOrFalse,
  control: trueOrFalse,
  tls,
  unconfirmed,
  onError: aFunction<(error: unknown) => void>(),
} satisfies RulesOf<ServeOptions>

/**
 * Checks the options.
 * @returns a copy. Each value was read once.
 * @throws {OptionError} `UNKNOWN_OPTION` or `INVALID_OPTIONS`, naming the option, the value and the allowed values
 */
export function checkServeOptions(options: unknown): ServeOptions {
  return checkOptions(serveRules, options, { name: 'options', owner: 'serve', parent: 'options' })
}
