// SHA-256 for the signer, done by the OpenSSL that Node.js carries.

import { createHash, createHmac } from 'node:crypto'

/** Hashing as the signer needs it: synchronous, bytes in and bytes out. */
export const nodeHash = {
  sha256: (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest(),
  hmacSha256: (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
    createHmac('sha256', key).update(bytes).digest(),
}
