// SHA-256 for the signer, done by the OpenSSL that Node.js carries.

import { createHmac, hash } from 'node:crypto'
import type { HashFunctions } from '../../hash/sha256.ts'

/** From text to hex in one call where there is one: that makes no object and no buffer for a request. */
export const nodeHash: HashFunctions = {
  sha256Hex: text => hash('sha256', text, 'hex'),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest(),
  hmacSha256Hex: (key, text) => createHmac('sha256', key).update(text).digest('hex'),
}
