// A source of credentials, as a profile or the environment describes it: only data, before any request.

import { staticCredentials } from '../../../oss/credentials.ts'
import type { Credentials, CredentialsProvider } from '../../../ports.ts'
import { cached } from './cached.ts'
import type { EcsRole } from './ecs-role.ts'
import type { OidcRole } from './oidc-role.ts'
import type { Surroundings } from './options.ts'
import type { CredentialsProcess } from './process-credentials.ts'
import { misconfigured } from './refusal.ts'
import type { Role } from './sts.ts'

export type CredentialsSource =
  | { readonly kind: 'keys'; readonly credentials: Credentials }
  | { readonly kind: 'assumed-role'; readonly base: CredentialsSource; readonly role: Role }
  | { readonly kind: 'ecs-role'; readonly role: EcsRole }
  | { readonly kind: 'oidc-role'; readonly role: OidcRole }
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'process'; readonly process: CredentialsProcess }
  /** A mode in a file that ossup does not support. */
  | { readonly kind: 'unsupported'; readonly mode: string; readonly hint: string }

/** Makes the provider of a source. The code of each kind is loaded at its first use. */
export async function providerOf(
  source: CredentialsSource,
  around: Surroundings,
): Promise<CredentialsProvider> {
  if (source.kind === 'keys') return staticCredentials(source.credentials)
  return cached(await temporaryFrom(source, around), around.clock)
}

async function temporaryFrom(
  source: Exclude<CredentialsSource, { kind: 'keys' }>,
  around: Surroundings,
): Promise<CredentialsProvider> {
  switch (source.kind) {
    case 'assumed-role': {
      const base = await providerOf(source.base, around)
      const { assumedRoleProvider } = await import('./assumed-role.ts')
      return assumedRoleProvider(base, source.role, around)
    }
    case 'ecs-role':
      return (await import('./ecs-role.ts')).ecsRoleProvider(source.role, around)
    case 'oidc-role':
      return (await import('./oidc-role.ts')).oidcRoleProvider(source.role, around)
    case 'uri':
      return (await import('./credentials-uri.ts')).credentialsUriProvider(source.uri, around)
    case 'process':
      return (await import('./process-credentials.ts')).processProvider(source.process, around)
    case 'unsupported':
      throw misconfigured(`Credentials of mode ${source.mode} are not supported`, source.hint)
  }
}

/** Describes a source in a few words, without secrets. */
export function describeSource(source: CredentialsSource): string {
  switch (source.kind) {
    case 'keys':
      return source.credentials.securityToken === undefined
        ? 'access keys'
        : 'temporary access keys'
    case 'assumed-role':
      return `the role ${source.role.roleArn}, taken on with ${describeSource(source.base)}`
    case 'ecs-role':
      return 'the RAM role of this instance'
    case 'oidc-role':
      return `the role ${source.role.roleArn}, taken on with an OIDC token`
    case 'uri':
      return 'a credentials URI'
    case 'process':
      return 'an external process'
    case 'unsupported':
      return `mode ${source.mode}`
  }
}
