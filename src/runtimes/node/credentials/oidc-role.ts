// The role of a pod (RRSA): Kubernetes keeps a token in a file, which STS accepts instead of a signature.

import { readFile } from 'node:fs/promises'
import { codeOf } from '../../../foreign/error.ts'
import { cleanValue } from '../../../oss/given-credentials.ts'
import type { CredentialsProvider } from '../../../ports.ts'
import type { Surroundings } from './options.ts'
import { misconfigured } from './refusal.ts'
import { assumeRoleWithOidc, checkRole, type Role } from './sts.ts'

export interface OidcRole extends Role {
  /** The ARN of the identity provider: `acs:ram::123456789012:oidc-provider/name`. */
  oidcProviderArn: string
  /** The file with the token. It is read each time, because Kubernetes replaces it before it expires. */
  oidcTokenFile: string
}

export function oidcRoleProvider(role: OidcRole, around: Surroundings): CredentialsProvider {
  const { oidcProviderArn: providerArn, oidcTokenFile } = role
  return async () => {
    checkRole(role)
    if (!providerArn) throw misconfigured('The ARN of the OIDC provider is missing')
    const token = await readToken(oidcTokenFile)
    return assumeRoleWithOidc({ providerArn, token }, role, around)
  }
}

async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const code = codeOf(cause) ?? 'unknown'
    throw misconfigured(`The OIDC token file ${path} cannot be read (${code})`)
  })
  const token = cleanValue(text, `The OIDC token in ${path}`)
  if (token === '') throw misconfigured(`The OIDC token file ${path} is empty`)
  return token
}
