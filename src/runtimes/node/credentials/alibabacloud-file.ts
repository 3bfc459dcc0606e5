// `~/.alibabacloud/credentials`, which Alibaba's SDKs share. INI with a section for each profile; `type` names the
// kind of credentials. Source: oss-protocol, section 6.4, and the READMEs of the credentials libraries.

import type { ConfigFile } from './config-file.ts'
import { demand, secondsOf } from './config-file.ts'
import { parseIni, settingsOf } from './ini.ts'
import { misconfigured } from './refusal.ts'
import type { CredentialsSource } from './source.ts'
import type { Role } from './sts.ts'

/** Values by loose name, such as `accesskeyid`. */
type Settings = Readonly<Record<string, string | undefined>>

/** @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` */
export function parseAlibabaCloudFile(text: string, path: string): ConfigFile {
  const sections = parseIni(text, path)
  const profiles = [...new Set(sections.map(({ name }) => name))]
  return {
    path,
    profiles,
    current: 'default',
    has: name => profiles.includes(name),
    source(name) {
      const settings = Object.fromEntries(settingsOf(sections, section => section === name))
      return sourceOf(settings, `Profile ${name} of ${path}`)
    },
    location: () => ({}),
  }
}

function sourceOf(settings: Settings, what: string): CredentialsSource | undefined {
  const { type, enable, policy = '' } = settings
  if (enable?.toLowerCase() === 'false' || Object.keys(settings).length === 0) return undefined
  if (!type)
    throw misconfigured(
      `${what} has no type`,
      'Allowed: access_key, sts, ecs_ram_role, ram_role_arn, oidc_role_arn',
    )
  const need = (...names: string[]) => demand(settings, names, `${what}, of type ${type},`)
  const credentials = {
    accessKeyId: settings.accesskeyid ?? '',
    accessKeySecret: settings.accesskeysecret ?? '',
    ...(settings.securitytoken && { securityToken: settings.securitytoken }),
  }
  const durationSeconds = secondsOf(settings.durationseconds)
  const role: Role = {
    roleArn: settings.rolearn ?? '',
    ...(settings.rolesessionname && { sessionName: settings.rolesessionname }),
    ...(policy !== '' && { policy }),
    ...(durationSeconds !== undefined && { durationSeconds }),
  }
  switch (type) {
    case 'access_key':
    case 'sts':
      need('access_key_id', 'access_key_secret', ...(type === 'sts' ? ['security_token'] : []))
      return { kind: 'keys', credentials }
    case 'ram_role_arn':
      need('access_key_id', 'access_key_secret', 'role_arn')
      return { kind: 'assumed-role', base: { kind: 'keys', credentials }, role }
    case 'ecs_ram_role':
      return {
        kind: 'ecs-role',
        role: settings.rolename ? { roleName: settings.rolename } : {},
      }
    case 'oidc_role_arn': {
      need('oidc_provider_arn', 'oidc_token_file_path', 'role_arn')
      const { oidcproviderarn: oidcProviderArn = '', oidctokenfilepath: oidcTokenFile = '' } =
        settings
      return { kind: 'oidc-role', role: { ...role, oidcProviderArn, oidcTokenFile } }
    }
    default:
      return {
        kind: 'unsupported',
        mode: type,
        hint: 'Allowed: access_key, sts, ecs_ram_role, ram_role_arn, oidc_role_arn',
      }
  }
}
