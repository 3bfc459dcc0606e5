// Sources of credentials and addresses on Node.js. The code of each is loaded at its first use: a program with its keys
// in the environment loads nothing else.

import type { BucketOptions } from '../../../bucket/bucket-options.ts'
import { quietly } from '../../../foreign/quietly.ts'
import { staticCredentials } from '../../../oss/credentials.ts'
import type { CredentialsProvider } from '../../../ports.ts'
import type { EcsRole } from './ecs-role.ts'
import { keysIn } from './environment.ts'
import { type CredentialsLink, describeLink as describe } from './explanation.ts'
import type { OidcRole } from './oidc-role.ts'
import { type CredentialsOptions, surroundingsOf } from './options.ts'
import type { CredentialsProcess } from './process-credentials.ts'
import {
  checkAddressed,
  checkConfigOptions,
  checkCredentialsOptions,
  checkEcsRole,
  checkLink,
  checkOidcRole,
  checkProcess,
  checkRole,
  checkUri,
} from './rules.ts'
import type { CredentialsSource } from './source.ts'
import type { Role } from './sts.ts'

export type { CredentialsLink, CredentialsOptions, CredentialsProcess, EcsRole, OidcRole, Role }

/** Options for the search for credentials. */
export interface ConfigOptions extends CredentialsOptions {
  /**
   * The name of a profile in `~/.ossutilconfig`, `~/.aliyun/config.json` or `~/.alibabacloud/credentials`;
   * the first file that has it is used. It comes before the variables of the environment.
   * @default none: variables come first, then the default profiles of the files
   */
  profile?: string
  /** Called after each search, with the place that is used and the reasons against the others. */
  onExplained?: (links: readonly CredentialsLink[]) => void
}

/**
 * Credentials from the first place that has them: variables of the environment (access keys, the OIDC role
 * of a pod, a credentials URI), the configuration files of OSS's tools, the RAM role of the ECS instance.
 * The provider always uses the same place, and renews temporary credentials.
 * See docs/guide/credentials.md.
 * @throws {OptionError} for an option whose value is not allowed
 */
export function defaultCredentials(given: ConfigOptions = {}): CredentialsProvider {
  const options = checkConfigOptions('defaultCredentials', given)
  let finding: Promise<CredentialsProvider> | undefined
  const { profile, onExplained } = options
  async function find(): Promise<CredentialsProvider> {
    const around = surroundingsOf(options)
    // Access keys in variables come first and need no request: the other code is not loaded.
    const keys = profile === undefined && onExplained === undefined && keysIn(around.env)
    if (keys && keys.source.kind === 'keys') return staticCredentials(keys.source.credentials)
    const { resolveCredentials } = await import('./chain.ts')
    const { links, provider, error } = await resolveCredentials(around, profile)
    quietly(() => onExplained?.(links))
    if (provider === undefined) throw error
    return provider
  }
  return async asked => {
    finding ??= find()
    try {
      return (await finding)(asked)
    } catch (error) {
      finding = undefined
      throw error
    }
  }
}

/**
 * Tries each place of credentials in order, and returns the results. They contain no secrets. Credentials are really
 * requested, from the place that would be used.
 * @throws {OptionError} `INVALID_PROFILE` for a profile that is in no file; for an option whose value is not allowed
 */
export async function explainCredentials(
  given: ConfigOptions = {},
): Promise<readonly CredentialsLink[]> {
  const options = checkConfigOptions('explainCredentials', given)
  const { resolveCredentials } = await import('./chain.ts')
  return (await resolveCredentials(surroundingsOf(options), options.profile)).links
}

/**
 * A line of text for a place: `~/.ossutilconfig, profile dev: used: access keys, LTAI…wxyz`.
 * @throws {OptionError} `INVALID_LINK`
 */
export function describeLink(link: CredentialsLink): string {
  checkLink(link)
  return describe(link)
}

/**
 * Assumes a RAM role with STS's AssumeRole, and again before its credentials expire.
 * @param base credentials that may assume the role
 */
export function fromAssumedRole(
  base: CredentialsProvider,
  role: Role,
  options: CredentialsOptions = {},
): CredentialsProvider {
  const checked = checkCredentialsOptions('fromAssumedRole', options)
  const wanted = checkRole(role)
  return lazily(async () => {
    const [{ assumedRoleProvider }, { cached }] = await Promise.all([
      import('./assumed-role.ts'),
      import('./cached.ts'),
    ])
    const around = surroundingsOf(checked)
    return cached(assumedRoleProvider(base, wanted, around), around.clock)
  })
}

/** Assumes a RAM role with the OIDC token in a file, as pods have it (RRSA). */
export function fromOidcRole(
  role: OidcRole,
  options: CredentialsOptions = {},
): CredentialsProvider {
  return fromSource(
    { kind: 'oidc-role', role: checkOidcRole(role) },
    checkCredentialsOptions('fromOidcRole', options),
  )
}

/**
 * The RAM role of this ECS instance, from its metadata service. It uses the hardened mode. If the service does not know
 * that mode, it uses the plain mode, unless that is forbidden.
 */
export function fromEcsRole(
  role: EcsRole = {},
  options: CredentialsOptions = {},
): CredentialsProvider {
  return fromSource(
    { kind: 'ecs-role', role: checkEcsRole(role) },
    checkCredentialsOptions('fromEcsRole', options),
  )
}

/** Credentials as JSON from an address. */
export function fromCredentialsUri(
  uri: string,
  options: CredentialsOptions = {},
): CredentialsProvider {
  return fromSource(
    { kind: 'uri', uri: String(checkUri(uri)) },
    checkCredentialsOptions('fromCredentialsUri', options),
  )
}

/** Credentials as JSON from the standard output of a program. */
export function fromProcess(
  process: CredentialsProcess,
  options: CredentialsOptions = {},
): CredentialsProvider {
  return fromSource(
    { kind: 'process', process: checkProcess(process) },
    checkCredentialsOptions('fromProcess', options),
  )
}

function fromSource(source: CredentialsSource, options: CredentialsOptions): CredentialsProvider {
  return lazily(async () =>
    (await import('./source.ts')).providerOf(source, surroundingsOf(options)),
  )
}

/** Makes the provider at the first call. Each call rejects if its options are wrong. */
function lazily(make: () => Promise<CredentialsProvider>): CredentialsProvider {
  let making: Promise<CredentialsProvider> | undefined
  return async asked => {
    making ??= make()
    return (await making)(asked)
  }
}

/**
 * The options of a bucket, completed from the variables `OSS_REGION` and `OSS_ENDPOINT` and from the profile
 * of the configuration files: region, endpoint and addressing, also settings for this bucket only. A given option comes
 * before a variable, and a variable before a file; but a profile that you name comes before the variables. A file is
 * read only if it is needed. `credentials` are `defaultCredentials` if they are not given.
 */
export async function bucketOptionsFromConfig<Given extends BucketOptions>(
  given: Given,
  config: ConfigOptions = {},
): Promise<Given & BucketOptions> {
  const options = checkConfigOptions('bucketOptionsFromConfig', config)
  checkAddressed('bucketOptionsFromConfig', given)
  const { locateBucket } = await import('./locate-bucket.ts')
  const located = await locateBucket(given, surroundingsOf(options), options.profile)
  const isSigned = given.credentials !== undefined || given.signer !== undefined
  const credentials = isSigned ? {} : { credentials: defaultCredentials(options) }
  return { ...given, ...located, ...credentials }
}
