// A signer adds the signature to a request. It may run elsewhere: a program can ask a server that has the secret.
// A request is signed at the moment it is sent, not when it enters a queue.

import { type HashFunctions, portableHash } from '../hash/sha256.ts'
import type { Credentials, CredentialsProvider } from '../ports.ts'
import { sharedCredentials, staticCredentials } from './credentials.ts'
import { validateRegion } from './names.ts'
import { type SignableRequest, SigningKeys, signHeaders, signQuery } from './sign-v4.ts'

/** A request to be signed. Header names are lower case. */
export interface RequestToSign extends SignableRequest {
  /** The time to sign with, epoch milliseconds: by OSS's clock if it is known, otherwise by ours. */
  readonly at: number
}

/**
 * Signs requests. A signer that asks a server sends `request` there as JSON. The server must check method,
 * bucket, key and query before it signs, because a signature for any request is as good as the secret. It can
 * sign with `credentialsSigner`. If `sign` or `ready` rejects, that counts as a temporary fault and is retried.
 * A `CredentialsError` is only retried if its `retryable` is true.
 */
export interface Signer {
  /** Makes sure that the signer can sign, before an upload starts. Rejects with a `CredentialsError`. */
  ready?(at: number): Promise<void>
  /** The headers to add; a promise only if it has to wait. Rejects with a `CredentialsError`. */
  sign(request: RequestToSign): Promise<Record<string, string>> | Record<string, string>
  /**
   * Gets new credentials, because OSS refused the last ones as expired or invalid; once for all callers.
   * @param failed the headers from `sign`, if known: if newer credentials arrived after them, this does nothing
   */
  refresh?(failed: Readonly<Record<string, string>> | undefined, at: number): Promise<void>
  /** Resolves to the whole query of a URL that is valid for `expires` seconds. */
  presign?(request: RequestToSign, expires: number): Promise<Record<string, string>>
  /** When the signer's credentials expire, epoch milliseconds; `undefined` if never, or not known. */
  endsAt?(at: number): Promise<number | undefined>
}

/** Options of `credentialsSigner`. */
export interface SignerOptions {
  /** Credentials, or a function that gets them. It is called when a request is signed, and before they expire. */
  credentials: CredentialsProvider | Credentials
  /** Region id, without `oss-`; for a cloud box its id. It is part of the signature. */
  region: string
  /** The product that signatures name: `oss-cloudbox` for a cloud box. @default 'oss' */
  product?: 'oss' | 'oss-cloudbox'
  /** Hash functions. @default portable ones; a runtime has faster ones */
  hash?: HashFunctions
}

/** Signs on this machine. */
export function credentialsSigner(options: SignerOptions): Signer {
  const { credentials, product = 'oss' } = options
  const region = validateRegion(options.region)
  const provider = typeof credentials === 'function' ? credentials : staticCredentials(credentials)
  const shared = sharedCredentials(provider)
  const keys = new SigningKeys(options.hash ?? portableHash)
  const contextOf = (credentials: Credentials, at: number) => {
    return { credentials, region, product, at, keys }
  }
  return {
    async ready(at) {
      await shared.get(at)
    },
    sign(request) {
      const signWith = (credentials: Credentials) =>
        signHeaders(request, contextOf(credentials, request.at)).headers
      const known = shared.known(request.at)
      return known === undefined ? shared.get(request.at).then(signWith) : signWith(known)
    },
    async presign(request, expires) {
      return signQuery(request, contextOf(await shared.get(request.at), request.at), expires).query
    },
    endsAt: async at => (await shared.get(at)).expiresAt,
    refresh: (failed, at) => shared.refresh(failed && nameIn(failed), at),
  }
}

function nameIn(headers: Readonly<Record<string, string>>) {
  const accessKeyId = /Credential=([^/]*)\//.exec(headers.authorization ?? '')?.[1] ?? ''
  const securityToken = headers['x-oss-security-token']
  return { accessKeyId, ...(securityToken !== undefined && { securityToken }) }
}
