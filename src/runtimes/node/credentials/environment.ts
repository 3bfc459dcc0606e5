// Credentials in variables of the environment, or in places that variables name.

import { cleanValue } from '../../../oss/given-credentials.ts'
import { type Environment, variable } from './options.ts'
import type { CredentialsSource } from './source.ts'
import type { Role } from './sts.ts'

/** The names of one family of variables, the most usual first. */
const families = [
  { id: 'OSS_ACCESS_KEY_ID', secret: 'OSS_ACCESS_KEY_SECRET', token: 'OSS_SESSION_TOKEN' },
  ...['ALIBABA_CLOUD', 'ALIBABACLOUD', 'ALICLOUD'].map(prefix => ({
    id: `${prefix}_ACCESS_KEY_ID`,
    secret: `${prefix}_ACCESS_KEY_SECRET`,
    token: `${prefix}_SECURITY_TOKEN`,
  })),
]

export interface EnvironmentKeys {
  /** The variable with the id. */
  readonly variable: string
  readonly source: CredentialsSource
}

/**
 * Access keys of the first family that has them. With `OSS_ROLE_ARN`, the keys of OSS assume that role.
 */
export function keysIn(env: Environment): EnvironmentKeys | undefined {
  for (const { id, secret, token } of families) {
    if (variable(env, id) === undefined || variable(env, secret) === undefined) continue
    const securityToken = cleanValue(env[token], token)
    const credentials = {
      accessKeyId: cleanValue(env[id], id),
      accessKeySecret: cleanValue(env[secret], secret),
      ...(securityToken !== '' && { securityToken }),
    }
    const keys: CredentialsSource = { kind: 'keys', credentials }
    const roleArn = id.startsWith('OSS_') ? variable(env, 'OSS_ROLE_ARN') : undefined
    if (roleArn === undefined) return { variable: id, source: keys }
    const role = roleOf(roleArn, variable(env, 'OSS_ROLE_SESSION_NAME'))
    return { variable: id, source: { kind: 'assumed-role', base: keys, role } }
  }
  return undefined
}

/** A pair with only one half set. */
export function halfSet(env: Environment): { set: string; missing: string } | undefined {
  for (const { id, secret } of families) {
    const [hasId, hasSecret] = [variable(env, id), variable(env, secret)]
    if (hasId !== undefined && hasSecret === undefined) return { set: id, missing: secret }
    if (hasId === undefined && hasSecret !== undefined) return { set: secret, missing: id }
  }
  return undefined
}

const oidcVariables = [
  'ALIBABA_CLOUD_ROLE_ARN',
  'ALIBABA_CLOUD_OIDC_PROVIDER_ARN',
  'ALIBABA_CLOUD_OIDC_TOKEN_FILE',
] as const

/** The role of a pod, from the variables of RRSA; or the names of the missing variables. */
export function oidcRoleIn(env: Environment): CredentialsSource | { readonly missing: string } {
  const missing = oidcVariables.find(name => variable(env, name) === undefined)
  if (missing !== undefined) return { missing }
  const [roleArn = '', oidcProviderArn = '', oidcTokenFile = ''] = oidcVariables.map(
    name => variable(env, name) ?? '',
  )
  const role = roleOf(roleArn, variable(env, 'ALIBABA_CLOUD_ROLE_SESSION_NAME'))
  return { kind: 'oidc-role', role: { ...role, oidcProviderArn, oidcTokenFile } }
}

/** The region from OSS's variables or, without them, from those of the CLI. */
export function regionIn(env: Environment): string | undefined {
  return variable(
    env,
    'OSS_REGION',
    'ALIBABA_CLOUD_REGION_ID',
    'ALIBABACLOUD_REGION_ID',
    'ALICLOUD_REGION_ID',
  )
}

function roleOf(roleArn: string, sessionName: string | undefined): Role {
  return { roleArn, ...(sessionName !== undefined && { sessionName }) }
}
