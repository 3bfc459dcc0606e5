// SHA-256 and its HMAC, synchronous. WebCrypto computes in a thread pool, so the order of steps would differ between
// runs. A runtime with a faster synchronous implementation passes it as `HashFunctions`.

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

const utf8 = new TextEncoder()

/** The hash functions that signing needs. Strings are hashed as UTF-8. Hex is in lower case. */
export interface HashFunctions {
  /** Returns the SHA-256 of a string's UTF-8, in lower-case hex. */
  sha256Hex(text: string): string
  /** Returns the HMAC of a string's UTF-8. */
  hmacSha256(key: Uint8Array, text: string): Uint8Array
  /** Returns the HMAC of a string's UTF-8, in lower-case hex. */
  hmacSha256Hex(key: Uint8Array, text: string): string
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

/** Returns the SHA-256 of a string's UTF-8, in lower-case hex. */
export function sha256Hex(text: string): string {
  return bytesToHex(nobleSha256(utf8.encode(text)))
}

export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return hmac(nobleSha256, key, bytes)
}

/** Plain JavaScript implementations, for every runtime. */
export const portableHash: HashFunctions = {
  sha256Hex,
  hmacSha256: (key, text) => hmacSha256(key, utf8.encode(text)),
  hmacSha256Hex: (key, text) => bytesToHex(hmacSha256(key, utf8.encode(text))),
}
