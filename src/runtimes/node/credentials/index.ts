// Where credentials and addresses come from on Node.js. What stands behind each of these is loaded when it
// is first used: a program that has its keys in the environment pays for nothing else.

import type { BucketOptions } from '../../../bucket/bucket-options.ts'
import { quietly } from '../../../foreign/quietly.ts'
import { staticCredentials } from '../../../oss/credentials.ts'
import type { CredentialsProvider } from '../../../ports.ts'
import type { EcsRole } from './ecs-role.ts'
import { keysIn } from './environment.ts'
import { type CredentialsLink, describeLink } from './explanation.ts'
import type { OidcRole } from './oidc-role.ts'
import { type CredentialsOptions, surroundingsOf } from './options.ts'
import type { CredentialsProcess } from './process-credentials.ts'
import type { CredentialsSource } from './source.ts'
import type { Role } from './sts.ts'

export type { CredentialsLink, CredentialsOptions, CredentialsProcess, EcsRole, OidcRole, Role }
export { describeLink }

/** How the places for credentials are gone through. */
export interface ConfigOptions extends CredentialsOptions {
  /**
   * The name of a profile in `~/.ossutilconfig`, `~/.aliyun/config.json` or `~/.alibabacloud/credentials`;
   * the first file that has it counts. It comes before the variables of the environment.
   * @default none: variables come first, then the profiles that the files call theirs
   */
  profile?: string
  /** Told which place is used and why not the others, each time that they are gone through. */
  onExplained?: (links: readonly CredentialsLink[]) => void
}

/**
 * Credentials from the first place that has them: variables of the environment (access keys, the OIDC role
 * of a pod, a credentials URI), the configuration files of OSS's tools, the RAM role of the ECS instance.
 * The place stays the same as long as the provider lives, and temporary credentials are renewed.
 * See docs/guide/credentials.md.
 */
export function defaultCredentials(options: ConfigOptions = {}): CredentialsProvider {
  let finding: Promise<CredentialsProvider> | undefined
  const { profile, onExplained } = options
  async function find(): Promise<CredentialsProvider> {
    const around = surroundingsOf(options)
    // What comes first and needs nobody's answer is not worth loading the others.
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
 * What became of each place where credentials can come from, in their order. Holds no secrets.
 * Credentials are really asked for, of the place that would be used.
 * @throws {OptionError} `INVALID_PROFILE` for a profile that is in no file
 */
export async function explainCredentials(
  options: ConfigOptions = {},
): Promise<readonly CredentialsLink[]> {
  const { resolveCredentials } = await import('./chain.ts')
  return (await resolveCredentials(surroundingsOf(options), options.profile)).links
}

/**
 * Takes a RAM role on by STS's AssumeRole, and again before its credentials end.
 * @param base may take the role on
 */
export function fromAssumedRole(
  base: CredentialsProvider,
  role: Role,
  options: CredentialsOptions = {},
): CredentialsProvider {
  return lazily(async () => {
    const [{ assumedRoleProvider }, { cached }] = await Promise.all([
      import('./assumed-role.ts'),
      import('./cached.ts'),
    ])
    const around = surroundingsOf(options)
    return cached(assumedRoleProvider(base, role, around), around.clock)
  })
}

/** Takes a RAM role on with the OIDC token in a file, as pods have it (RRSA). */
export function fromOidcRole(
  role: OidcRole,
  options: CredentialsOptions = {},
): CredentialsProvider {
  return fromSource({ kind: 'oidc-role', role }, options)
}

/**
 * The RAM role of the ECS instance that this runs on, from its metadata service: in the hardened mode, and
 * without it where the service does not know it and nobody forbids it.
 */
export function fromEcsRole(
  role: EcsRole = {},
  options: CredentialsOptions = {},
): CredentialsProvider {
  return fromSource({ kind: 'ecs-role', role }, options)
}

/** Credentials as JSON from an address. */
export function fromCredentialsUri(
  uri: string,
  options: CredentialsOptions = {},
): CredentialsProvider {
  return fromSource({ kind: 'uri', uri }, options)
}

/** Credentials as JSON from the standard output of a program. */
export function fromProcess(
  process: CredentialsProcess,
  options: CredentialsOptions = {},
): CredentialsProvider {
  return fromSource({ kind: 'process', process }, options)
}

function fromSource(source: CredentialsSource, options: CredentialsOptions): CredentialsProvider {
  return lazily(async () =>
    (await import('./source.ts')).providerOf(source, surroundingsOf(options)),
  )
}

/** Makes the provider when it is first asked. What is wrong with its options is told then, each time. */
function lazily(make: () => Promise<CredentialsProvider>): CredentialsProvider {
  let making: Promise<CredentialsProvider> | undefined
  return async asked => {
    making ??= make()
    return (await making)(asked)
  }
}

/**
 * The options of a bucket, completed from the variables `OSS_REGION` and `OSS_ENDPOINT` and from the profile
 * of the configuration files: region, endpoint and addressing, also what they say of that bucket alone.
 * What is given beats a variable, a variable beats a file; but a profile that is asked for by name beats the
 * variables. No file is read where it is not needed. `credentials` are `defaultCredentials` unless given.
 */
export async function bucketOptionsFromConfig<Given extends BucketOptions>(
  given: Given,
  options: ConfigOptions = {},
): Promise<Given & BucketOptions> {
  const { locateBucket } = await import('./locate-bucket.ts')
  const located = await locateBucket(given, surroundingsOf(options), options.profile)
  const isSigned = given.credentials !== undefined || given.signer !== undefined
  const credentials = isSigned ? {} : { credentials: defaultCredentials(options) }
  return { ...given, ...located, ...credentials }
}
