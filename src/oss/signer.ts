// A signer adds to a request what proves who sends it. It may sit elsewhere: a program asks a server that
// holds the secret. A request is signed at the moment it is sent, never while it waits in a queue.

import { type HashFunctions, portableHash } from '../hash/sha256.ts'
import type { Credentials, CredentialsProvider } from '../ports.ts'
import { sharedCredentials, staticCredentials } from './credentials.ts'
import { validateRegion } from './names.ts'
import { type SignableRequest, SigningKeys, signHeaders, signQuery } from './sign-v4.ts'

/** A request to be signed. Header names are lower case. */
export interface RequestToSign extends SignableRequest {
  /** The time to sign with, epoch milliseconds, by OSS's clock as far as it is known. */
  readonly at: number
}

/**
 * Signs requests. One that asks a server sends `request` there as JSON; the server has to look at it before
 * it signs (method, bucket, key, query: a signature for any request is as good as the secret) and can sign
 * with `credentialsSigner`. What `sign` or `ready` rejects with counts as a passing fault and is tried
 * again, unless it is a `CredentialsError`, which says itself by `retryable` whether that may help.
 */
export interface Signer {
  /** Makes sure that it can sign, before anything is begun. Rejects with a `CredentialsError`. */
  ready?(at: number): Promise<void>
  /** The headers to add, at once where nothing has to be waited for. Rejects with a `CredentialsError`. */
  sign(request: RequestToSign): Promise<Record<string, string>> | Record<string, string>
  /**
   * OSS called the credentials expired or invalid: gets others, once for all who ask.
   * @param failed the headers that `sign` gave, where known: nothing is done if others came since.
   */
  refresh?(failed: Readonly<Record<string, string>> | undefined, at: number): Promise<void>
  /** Resolves to the whole query of a URL that holds for `expires` seconds. */
  presign?(request: RequestToSign, expires: number): Promise<Record<string, string>>
  /** When the credentials that sign end, epoch milliseconds; `undefined` if they do not, or nobody knows. */
  endsAt?(at: number): Promise<number | undefined>
}

/** With what `credentialsSigner` signs. */
export interface SignerOptions {
  /** Credentials, or a function that gets them: asked at signing time, shared, and renewed before they end. */
  credentials: CredentialsProvider | Credentials
  /** Region id, without `oss-`; for a cloud box its id. It is part of the signature. */
  region: string
  /** `oss-cloudbox` for a cloud box. @default 'oss' */
  product?: 'oss' | 'oss-cloudbox'
  /** @default portable ones; a runtime has faster ones */
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
