// SHA-256 for signing, by the OpenSSL of Node.js. Only functions that create no objects are used. Objects from
// `createHmac` survive the collection of young garbage, with their memory outside of the heap: 10,000 signatures
// used about 10 MB.

import { hash } from 'node:crypto'
import type { HashFunctions } from '../../../hash/sha256.ts'

const blockSize = 64
const digestSize = 32

/**
 * Keeps the prepared blocks of the last key, because one key signs nearly all requests of a day. The caller
 * must not change a key's bytes.
 */
export function nodeHash(): HashFunctions {
  let latest: KeyBlocks | undefined
  const outerInput = (key: Uint8Array, text: string) => {
    if (latest?.key !== key) latest = new KeyBlocks(key)
    return latest.outerInput(text)
  }
  return {
    sha256Hex: text => hash('sha256', text, 'hex'),
    hmacSha256: (key, text) => hash('sha256', outerInput(key, text), 'buffer'),
    hmacSha256Hex: (key, text) => hash('sha256', outerInput(key, text), 'hex'),
  }
}

/** RFC 2104: HMAC(key, text) is the digest of (key ^ 0x5c, digest of (key ^ 0x36, text)). */
class KeyBlocks {
  readonly key: Uint8Array
  /** The inner block of the key, with room for the text after it. */
  #inner = Buffer.alloc(blockSize, 0x36)
  readonly #outer = Buffer.alloc(blockSize + digestSize, 0x5c)

  constructor(key: Uint8Array) {
    this.key = key
    const short = key.length > blockSize ? hash('sha256', key, 'buffer') : key
    for (let index = 0; index < short.length; index++) {
      this.#inner[index]! ^= short[index]!
      this.#outer[index]! ^= short[index]!
    }
  }

  /** The outer input, whose digest is the HMAC of the text. Valid until the next call. */
  outerInput(text: string): Uint8Array {
    // A UTF-16 code unit takes at most three bytes in UTF-8.
    const room = blockSize + 3 * text.length
    if (this.#inner.length < room) {
      const larger = Buffer.allocUnsafeSlow(room)
      this.#inner.copy(larger, 0, 0, blockSize)
      this.#inner = larger
    }
    const size = blockSize + this.#inner.write(text, blockSize)
    hash('sha256', this.#inner.subarray(0, size), 'buffer').copy(this.#outer, blockSize)
    return this.#outer
  }
}
