// The rules for the arguments of this folder's public functions. The meaning of a value (an ARN, a duration)
// is checked where it is used: see CREDENTIALS_MISCONFIGURED.

import type { BucketOptions } from '../../../bucket/bucket-options.ts'
import { has, isUrl } from '../../../foreign/web.ts'
import type { Clock } from '../../../ports.ts'
import {
  checkArgument,
  checkOptions,
  type Rules,
  type RulesOf,
} from '../../../validation/check-options.ts'
import { isPlain } from '../../../validation/plain.ts'
import { type Rule, required, rule } from '../../../validation/rule.ts'
import {
  aFunction,
  anyString,
  listOf,
  trueOrFalse,
  withMethods,
} from '../../../validation/rules.ts'
import { networkOptions } from '../http/network-options.ts'
import type { EcsRole } from './ecs-role.ts'
import type { CredentialsLink } from './explanation.ts'
import type { ConfigOptions } from './index.ts'
import type { OidcRole } from './oidc-role.ts'
import type { CredentialsOptions, Environment } from './options.ts'
import type { CredentialsProcess } from './process-credentials.ts'
import type { Role } from './sts.ts'

/** The variables may change while the program runs, so they are not copied. */
const environment: Rule<Environment> = rule(
  'an object of variables, such as process.env',
  (value): value is Environment =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
)
const address: Rule<string> = rule(
  'an address with its scheme, such as https://sts.aliyuncs.com',
  (value): value is string =>
    typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value),
)
const aNumber: Rule<number> = rule('a number', value => typeof value === 'number')

const optionRules = {
  env: environment,
  home: anyString,
  clock: withMethods<Clock>('a clock with now(), monotonic() and sleep()', 'now'),
  network: networkOptions,
  stsEndpoint: address,
  metadataEndpoint: address,
} satisfies RulesOf<CredentialsOptions>

const configRules = {
  ...optionRules,
  profile: anyString,
  onExplained: aFunction<(links: readonly CredentialsLink[]) => void>(),
} satisfies RulesOf<ConfigOptions>

const roleRules = {
  roleArn: anyString,
  sessionName: anyString,
  durationSeconds: aNumber,
  policy: anyString,
  externalId: anyString,
  stsRegion: anyString,
} satisfies RulesOf<Role>

const oidcRoleRules = {
  ...roleRules,
  oidcProviderArn: anyString,
  oidcTokenFile: anyString,
} satisfies RulesOf<OidcRole>

const ecsRoleRules = { roleName: anyString, hardenedOnly: trueOrFalse } satisfies RulesOf<EcsRole>

const processRules = {
  command: required({
    ...rule('a command line, or a program and its arguments', isCommand),
    isHidden: true,
  }),
  timeoutMs: aNumber,
} satisfies RulesOf<CredentialsProcess>

const words = listOf(anyString)

function isCommand(value: unknown): value is CredentialsProcess['command'] {
  if (typeof value === 'string') return true
  words.read(value)
  return true
}

/** @throws {OptionError} naming the option, the value and the allowed values */
export function checkCredentialsOptions(owner: string, given: unknown): CredentialsOptions {
  return checkOptions(optionRules, given, { name: 'options', owner }) as CredentialsOptions
}

/** The same for functions that search for a profile too. */
export function checkConfigOptions(owner: string, given: unknown): ConfigOptions {
  return checkOptions(configRules, given, { name: 'options', owner }) as ConfigOptions
}

export const checkRole = (given: unknown) => within<Role>('role', roleRules, given)
export const checkOidcRole = (given: unknown) => within<OidcRole>('role', oidcRoleRules, given)
export const checkEcsRole = (given: unknown) => within<EcsRole>('role', ecsRoleRules, given)
export const checkProcess = (given: unknown) =>
  within<CredentialsProcess>('process', processRules, given)

export function checkUri(given: unknown): string | URL {
  const uri = rule(
    'an address',
    (value): value is string | URL => typeof value === 'string' || isUrl(value),
  )
  return checkArgument('uri', given, uri)
}

export function checkEnvironment(given: unknown): Environment {
  return checkArgument('env', given, environment)
}

export function checkLink(given: unknown): void {
  const link = rule('a link that explainCredentials gives', (value): value is CredentialsLink =>
    has(value, { name: 'string', outcome: 'string', why: 'string' }),
  )
  checkArgument('link', given, link)
}

/** Only what the search for an address reads. `new Bucket` checks the rest. */
export function checkAddressed(owner: string, given: unknown): void {
  const isText = (value: unknown, name: string) =>
    ['string', 'undefined'].includes(typeof Reflect.get(value as object, name))
  const addressed = rule(
    'options for new Bucket, such as { name }',
    (value): value is BucketOptions =>
      isPlain(value) && ['name', 'region', 'endpoint'].every(name => isText(value, name)),
  )
  checkArgument('options', given, addressed, owner)
}

/** An argument that is an object of its own. Strings may be empty: the provider names the missing one. */
function within<T>(name: string, rules: Rules, given: unknown): T {
  return checkOptions(rules, given, { name, parent: name }) as T
}
