// The rules for the options of a bucket.

import { foreignBucketOptions, foreignCredentials } from '../options/foreign-names.ts'
import { retryRules } from '../options/retry-options.ts'
import { validateBucketName } from '../oss/names.ts'
import type { Signer, SignerOptions } from '../oss/signer.ts'
import type { Credentials, CredentialsProvider, Logger } from '../ports.ts'
import {
  type Checked,
  checkOptions,
  type Rules,
  type RulesOf,
} from '../validation/check-options.ts'
import { type Rule, required, rule } from '../validation/rule.ts'
import { oneOf, trueOrFalse, withMethods } from '../validation/rules.ts'
import type { BucketOptions } from './bucket-options.ts'

const name: Rule<string> = {
  allowed: '3 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit',
  read: validateBucketName,
}

const isString = (value: unknown): value is string => typeof value === 'string'
const hidden: Rule<string> = { ...rule('a string', isString), isHidden: true }

/** The rule for a point in time. */
export const moment = rule(
  'epoch milliseconds',
  (value): value is number => typeof value === 'number' && Number.isFinite(value),
)

const credentialsRules = {
  accessKeyId: hidden,
  accessKeySecret: hidden,
  securityToken: hidden,
  expiresAt: moment,
} satisfies RulesOf<Credentials>

/** This rule accepts empty strings: the credentials code refuses them and names the missing value. */
const credentials: Rule<Credentials | CredentialsProvider> = {
  allowed: '{ accessKeyId, accessKeySecret, securityToken? }, or a function that gets them',
  isHidden: true,
  read(value) {
    if (typeof value === 'function') return value as CredentialsProvider
    const subject = { name: 'credentials', parent: 'credentials', foreign: foreignCredentials }
    const {
      accessKeyId = '',
      accessKeySecret = '',
      ...rest
    } = checkOptions(credentialsRules, value, subject)
    return { accessKeyId, accessKeySecret, ...rest }
  },
}

const bucketRules = {
  name: required(name),
  region: rule('a region id such as cn-hangzhou', isString),
  endpoint: rule('a host such as oss-cn-hangzhou.aliyuncs.com', isString),
  internal: trueOrFalse,
  accelerate: trueOrFalse,
  cname: trueOrFalse,
  pathStyle: trueOrFalse,
  credentials,
  requestPayer: oneOf('requester'),
  signer: withMethods<Signer>('an object with sign(request) that gives the headers to add', 'sign'),
  logger: withMethods<Logger>(
    'console, or any object with the methods debug, info, warn and error',
    'debug',
    'info',
    'warn',
    'error',
  ),
  attempts: retryRules.attempts,
} satisfies RulesOf<BucketOptions>

/**
 * Checks the options of a bucket.
 * @param own the rules of options that a runtime adds
 * @throws {OptionError} naming the option, the value and the allowed values.
 */
export function checkBucketOptions<Own extends Rules>(
  given: unknown,
  own: Own,
): Checked<Own & typeof bucketRules> {
  const subject = { name: 'options', owner: 'Bucket', foreign: foreignBucketOptions }
  return checkOptions<Own & typeof bucketRules>({ ...bucketRules, ...own }, given, subject)
}

const signerRules = {
  credentials: required(credentials),
  region: required(bucketRules.region),
  product: oneOf('oss', 'oss-cloudbox'),
} satisfies RulesOf<Omit<SignerOptions, 'hash'>>

/**
 * Checks the options of a signer.
 * @throws {OptionError} naming the option, the value and the allowed values.
 */
export function checkSignerOptions(given: unknown): Checked<typeof signerRules> {
  const subject = { name: 'options', owner: 'credentialsSigner', foreign: foreignBucketOptions }
  return checkOptions(signerRules, given, subject)
}
