// `~/.ossutilconfig`, of ossutil 1 and 2. Source: oss-protocol, section 6.6, and "Configuration guide" of
// "ossutil 2.0 Overview". A file of ossutil 1 is one profile, `default`.

import { type ConfigFile, checkedLocation, demand, leanOn, secondsOf } from './config-file.ts'
import { parseIni, settingsOf } from './ini.ts'
import { locationOf, type Settings } from './ossutil-location.ts'
import { misconfigured } from './refusal.ts'
import type { CredentialsSource } from './source.ts'
import type { Role } from './sts.ts'

/** @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` */
export function parseOssutilFile(text: string, path: string): ConfigFile {
  const sections = parseIni(text, path)
  const profiles = [...new Set(sections.flatMap(({ name }) => profileOf(name) ?? []))]
  const place = { path, has: (name: string) => profiles.includes(name.toLowerCase()) }
  /** The settings of a profile, together with those of the profile on which it is based. */
  const settingsIn = (chain: readonly string[]): Settings => {
    const name = chain.at(-1)
    const own = settingsOf(sections, section => profileOf(section) === name)
    const next = own.get('sourceprofile')?.toLowerCase()
    const inherited = next === undefined ? {} : leanOn(chain, next, place, settingsIn)
    return { ...inherited, ...Object.fromEntries(own) }
  }
  const ecsAk = settingsOf(sections, section => /^akservice$/i.test(section)).get('ecsak')
  return {
    ...place,
    profiles,
    current: 'default',
    source: name => sourceOf(settingsIn([name.toLowerCase()]), `Profile ${name} of ${path}`, ecsAk),
    location: (name, bucket) => {
      const find = () => locationOf(settingsIn([name.toLowerCase()]), sections, bucket)
      return checkedLocation(find, `Profile ${name} of ${path}`)
    },
  }
}

/** The profile that a section belongs to: `[default]`, `[profile dev]`, and `[Credentials]` of ossutil 1. */
function profileOf(section: string): string | undefined {
  if (/^(?:default|credentials)$/i.test(section)) return 'default'
  return /^profile\s+(\S.*)$/i.exec(section)?.[1]?.toLowerCase()
}

/** @param ecsAk the metadata service from `[AkService]` of ossutil 1 */
function sourceOf(
  settings: Settings,
  what: string,
  ecsAk: string | undefined,
): CredentialsSource | undefined {
  const mode = settings.mode || modeOf(settings, ecsAk)
  const keys = {
    accessKeyId: settings.accesskeyid || settings.accessid,
    accessKeySecret: settings.accesskeysecret || settings.accesskey,
    stsToken: settings.ststoken,
  }
  const role = roleOf(settings)
  const known = {
    ...settings,
    accesskeyid: keys.accessKeyId,
    accesskeysecret: keys.accessKeySecret,
    rolearn: role.roleArn,
  }
  const need = (...names: string[]) => demand(known, names, `${what}, of mode ${mode},`)
  switch (mode?.toLowerCase().replace(/[-_]/g, '')) {
    case undefined:
      return undefined
    case 'ak':
      need('access-key-id', 'access-key-secret')
      return keysOf({ ...keys, stsToken: undefined })
    case 'ststoken':
      need('access-key-id', 'access-key-secret', 'sts-token')
      return keysOf(keys)
    case 'ramrolearn':
      need('access-key-id', 'access-key-secret', 'role-arn')
      return { kind: 'assumed-role', base: keysOf(keys), role }
    case 'ecsramrole':
    case 'aliecsramrole': {
      const roleName = settings.ecsrolename || ecsAk?.split('/').at(-1)
      return { kind: 'ecs-role', role: roleName ? { roleName } : {} }
    }
    case 'oidcrolearn': {
      need('oidc-provider-arn', 'oidc-token-file-path', 'role-arn')
      const { oidcproviderarn: oidcProviderArn = '', oidctokenfilepath: oidcTokenFile = '' } =
        settings
      return { kind: 'oidc-role', role: { ...role, oidcProviderArn, oidcTokenFile } }
    }
    case 'process':
      need('credential-process')
      return processOf(settings)
    case 'uri':
    case 'credentialuri':
    case 'credentialsuri':
      need('credential-uri')
      return { kind: 'uri', uri: settings.credentialuri ?? '' }
    default:
      return {
        kind: 'unsupported',
        mode: mode ?? '',
        hint: 'Allowed: AK, StsToken, RamRoleArn, EcsRamRole, oidcRoleArn, Process. ossup signs every request, so there is no Anonymous',
      }
  }
}

/** A profile without a mode: like ossutil, we use the keys that it has. */
function modeOf(settings: Settings, ecsAk: string | undefined): string | undefined {
  if (settings.credentialprocess) return 'Process'
  if (settings.credentialuri) return 'CredentialUri'
  const hasKeys = settings.accesskeyid || settings.accessid || settings.accesskeysecret
  if (hasKeys) return settings.ststoken ? 'StsToken' : 'AK'
  return settings.ecsrolename || ecsAk ? 'EcsRamRole' : undefined
}

function keysOf(keys: {
  accessKeyId: string | undefined
  accessKeySecret: string | undefined
  stsToken: string | undefined
}): CredentialsSource {
  const { accessKeyId = '', accessKeySecret = '', stsToken } = keys
  const token = stsToken ? { securityToken: stsToken } : {}
  return { kind: 'keys', credentials: { accessKeyId, accessKeySecret, ...token } }
}

function roleOf(settings: Settings): Role {
  const durationSeconds = secondsOf(settings.tokentimeout)
  return {
    roleArn: settings.rolearn || settings.ramrolearn || '',
    ...(settings.rolesessionname && { sessionName: settings.rolesessionname }),
    ...(settings.stsregion && { stsRegion: settings.stsregion }),
    ...(durationSeconds !== undefined && { durationSeconds }),
  }
}

function processOf(settings: Settings): CredentialsSource {
  const given = settings.credentialprocesstimeout
  const seconds = Number(given ?? 15)
  if (!(seconds > 0 && seconds <= 600)) {
    throw misconfigured(`credential-process-timeout is ${given}`, 'Allowed: seconds, up to 600')
  }
  const command = settings.credentialprocess ?? ''
  return { kind: 'process', process: { command, timeoutMs: seconds * 1000 } }
}
