// SHA-256 for the signer, done by the OpenSSL that Node.js carries. Only by calls that make no object:
// those of `createHmac` outlive the collection of young garbage, and their memory outside of the heap
// with them, so that 10,000 signatures held some 10 MB.

import { hash } from 'node:crypto'
import type { HashFunctions } from '../../../hash/sha256.ts'

const blockSize = 64
const digestSize = 32

/** Keeps what it makes of the latest key, which one signs nearly everything of a day. Keys must not change. */
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

/** RFC 2104: the digest of (key ^ 0x5c, digest of (key ^ 0x36, text)) is the HMAC. */
class KeyBlocks {
  readonly key: Uint8Array
  /** The one block of the key, with room behind it for the text. */
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

  /** What the HMAC of the text is the digest of; valid until the next call. */
  outerInput(text: string): Uint8Array {
    // A character has three bytes at most.
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
