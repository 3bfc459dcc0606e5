// A signer adds to a request what proves who sends it. It may sit elsewhere: a page asks a server that
// holds the secret. A request is signed at the moment it is sent, never while it waits in a queue.

import { type HashFunctions, portableHash } from '../hash/sha256.ts'
import type { Credentials, CredentialsProvider } from '../ports.ts'
import { sharedCredentials } from './credentials.ts'
import { type SignableRequest, SigningKeys, signHeaders, signQuery } from './sign-v4.ts'

/** A request to be signed. Header names are lower case. */
export interface RequestToSign extends SignableRequest {
  /** The time to sign with, epoch milliseconds, by OSS's clock as far as it is known. */
  readonly at: number
}

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
}

/** Signs on this machine. */
export function credentialsSigner(options: {
  credentials: CredentialsProvider
  region: string
  product: string
  hash?: HashFunctions
}): Signer {
  const { region, product } = options
  const shared = sharedCredentials(options.credentials)
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
    refresh: (failed, at) => shared.refresh(failed && nameIn(failed), at),
  }
}

function nameIn(headers: Readonly<Record<string, string>>) {
  const accessKeyId = /Credential=([^/]*)\//.exec(headers.authorization ?? '')?.[1] ?? ''
  const securityToken = headers['x-oss-security-token']
  return { accessKeyId, ...(securityToken !== undefined && { securityToken }) }
}
