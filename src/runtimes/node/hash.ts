// SHA-256 for the signer, done by the OpenSSL that Node.js carries. Only by calls that make no object:
// those of `createHmac` outlive the collection of young garbage, and their memory outside of the heap
// with them, so that 10,000 signatures held some 10 MB.

import { hash } from 'node:crypto'
import type { HashFunctions } from '../../hash/sha256.ts'

const blockSize = 64

export const nodeHash: HashFunctions = {
  sha256Hex: text => hash('sha256', text, 'hex'),
  hmacSha256: (key, text) => hash('sha256', outerInput(key, text), 'buffer'),
  hmacSha256Hex: (key, text) => hash('sha256', outerInput(key, text), 'hex'),
}

/** RFC 2104: the digest of (key ^ 0x5c, digest of (key ^ 0x36, text)) is the HMAC; this is what it is taken of. */
function outerInput(key: Uint8Array, text: string): Uint8Array {
  const short = key.length > blockSize ? hash('sha256', key, 'buffer') : key
  const inner = Buffer.allocUnsafe(blockSize + Buffer.byteLength(text))
  const outer = Buffer.allocUnsafe(blockSize + 32)
  inner.fill(0x36, 0, blockSize)
  outer.fill(0x5c, 0, blockSize)
  for (let index = 0; index < short.length; index++) {
    inner[index]! ^= short[index]!
    outer[index]! ^= short[index]!
  }
  inner.write(text, blockSize)
  hash('sha256', inner, 'buffer').copy(outer, blockSize)
  return outer
}
