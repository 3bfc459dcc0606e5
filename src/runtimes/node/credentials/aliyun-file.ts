// `~/.aliyun/config.json`, which Alibaba Cloud's CLI writes. Source: oss-protocol, section 6.5, and the CLI's
// config/profile.go.

import type { Credentials } from '../../../ports.ts'
import {
  type ConfigFile,
  checkedLocation,
  demand,
  type Location,
  leanOn,
  secondsOf,
} from './config-file.ts'
import { fieldsOf, json, textOf } from './json-fields.ts'
import { misconfigured } from './refusal.ts'
import type { CredentialsSource } from './source.ts'
import type { Role } from './sts.ts'
import { wordsOf } from './words.ts'

type Fields = Readonly<Record<string, unknown>>

/** @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` */
export function parseAliyunFile(text: string, path: string): ConfigFile {
  const content = fieldsOf(json(text))
  if (!Array.isArray(content.profiles)) throw misconfigured(`${path} is not what the CLI writes`)
  const profiles = new Map<string, Fields>(
    content.profiles.map((profile: unknown) => {
      const fields = fieldsOf(profile)
      return [textOf(fields.name) ?? '', fields]
    }),
  )
  const place = { path, has: (name: string) => profiles.has(name) }
  const sourceIn = (chain: readonly string[]): CredentialsSource | undefined => {
    const name = chain.at(-1) ?? ''
    const fields = profiles.get(name) ?? {}
    return sourceOf(fields, `Profile ${name} of ${path}`, next => {
      const source = leanOn(chain, next, place, sourceIn)
      if (source === undefined) throw misconfigured(`Profile ${next} of ${path} has no credentials`)
      return source
    })
  }
  return {
    ...place,
    profiles: [...profiles.keys()],
    current: textOf(content.current) ?? 'default',
    source: name => sourceIn([name]),
    location: name =>
      checkedLocation(() => locationOf(profiles.get(name) ?? {}), `Profile ${name} of ${path}`),
  }
}

/** Like `aliyun oss` since July 2026: an endpoint comes before its type (aliyun/aliyun-cli#1385). */
function locationOf(fields: Fields): Location {
  const region = textOf(fields.region_id)
  const endpoint = textOf(fields.endpoint)
  const isInternal = textOf(fields.endpoint_type)?.toLowerCase() === 'vpc'
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(endpoint === undefined && region !== undefined && isInternal && { internal: true }),
  }
}

function sourceOf(
  fields: Fields,
  what: string,
  sourceOfProfile: (name: string) => CredentialsSource,
): CredentialsSource | undefined {
  const mode = textOf(fields.mode) ?? modeOf(fields)
  const need = (...names: string[]) => demand(fields, names, `${what}, of mode ${mode},`)
  switch (mode) {
    case undefined:
      return undefined
    case 'AK':
    case 'StsToken':
      // The CLI writes this before it was configured.
      if (!fields.access_key_id && !fields.access_key_secret) return undefined
      need('access_key_id', 'access_key_secret', ...(mode === 'AK' ? [] : ['sts_token']))
      return keysOf(fields, mode === 'StsToken')
    case 'RamRoleArn':
      need('access_key_id', 'access_key_secret', 'ram_role_arn')
      return { kind: 'assumed-role', base: keysOf(fields, true), role: roleOf(fields) }
    case 'EcsRamRole':
      return ecsRoleOf(fields)
    case 'RamRoleArnWithRoleName':
      need('ram_role_arn')
      return { kind: 'assumed-role', base: ecsRoleOf(fields), role: roleOf(fields) }
    case 'ChainableRamRoleArn': {
      need('ram_role_arn', 'source_profile')
      const base = sourceOfProfile(textOf(fields.source_profile) ?? '')
      return { kind: 'assumed-role', base, role: roleOf(fields) }
    }
    case 'OIDC': {
      need('oidc_provider_arn', 'oidc_token_file', 'ram_role_arn')
      const oidcProviderArn = textOf(fields.oidc_provider_arn) ?? ''
      const oidcTokenFile = textOf(fields.oidc_token_file) ?? ''
      return { kind: 'oidc-role', role: { ...roleOf(fields), oidcProviderArn, oidcTokenFile } }
    }
    case 'CredentialsURI':
      need('credentials_uri')
      return { kind: 'uri', uri: textOf(fields.credentials_uri) ?? '' }
    case 'External': {
      need('process_command')
      const command = wordsOf(textOf(fields.process_command) ?? '')
      if (command === undefined)
        throw misconfigured(`${what} has a process_command with an open quote`)
      return { kind: 'process', process: { command, timeoutMs: 60_000 } }
    }
    default: {
      const hint =
        'Choose another profile, or give temporary credentials in OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN'
      return { kind: 'unsupported', mode, hint }
    }
  }
}

/** The mode of a profile without one, from its fields, as the CLI does it. */
function modeOf(fields: Fields): string | undefined {
  if (fields.access_key_id && fields.access_key_secret) {
    if (fields.sts_token) return 'StsToken'
    return fields.ram_role_arn ? 'RamRoleArn' : 'AK'
  }
  if (fields.ram_role_name) return 'EcsRamRole'
  if (fields.process_command) return 'External'
  if (fields.oidc_provider_arn && fields.oidc_token_file && fields.ram_role_arn) return 'OIDC'
  return fields.credentials_uri ? 'CredentialsURI' : undefined
}

function keysOf(fields: Fields, withToken: boolean): CredentialsSource {
  const securityToken = withToken ? textOf(fields.sts_token) : undefined
  const credentials: Credentials = {
    accessKeyId: textOf(fields.access_key_id) ?? '',
    accessKeySecret: textOf(fields.access_key_secret) ?? '',
    ...(securityToken !== undefined && { securityToken }),
  }
  return { kind: 'keys', credentials }
}

function ecsRoleOf(fields: Fields): CredentialsSource {
  const roleName = textOf(fields.ram_role_name)
  return { kind: 'ecs-role', role: roleName === undefined ? {} : { roleName } }
}

function roleOf(fields: Fields): Role {
  const sessionName = textOf(fields.ram_session_name)
  const externalId = textOf(fields.external_id)
  const policy = textOf(fields.policy)
  const stsRegion = textOf(fields.sts_region)
  const durationSeconds = secondsOf(fields.expired_seconds)
  return {
    roleArn: textOf(fields.ram_role_arn) ?? '',
    ...(sessionName !== undefined && { sessionName }),
    ...(externalId !== undefined && { externalId }),
    ...(policy !== undefined && { policy }),
    ...(stsRegion !== undefined && { stsRegion }),
    ...(durationSeconds !== undefined && { durationSeconds }),
  }
}
