// MD5, which OSS uses for ETag and Content-MD5. It detects accidental changes only, not attacks.

import { md5 as nobleMd5 } from '@noble/hashes/legacy.js'

export function md5(bytes: Uint8Array): Uint8Array {
  return nobleMd5(bytes)
}

/** Computes the MD5 of bytes that arrive in pieces. */
export interface Md5Digest {
  update(bytes: Uint8Array): void
  /** Returns the 16 bytes of the hash. No bytes can be added afterwards. */
  digest(): Uint8Array
}

export function md5Digest(): Md5Digest {
  const state = nobleMd5.create()
  return {
    update(bytes) {
      state.update(bytes)
    },
    digest: () => state.digest(),
  }
}

/** Returns the MD5 in base64, the form of `Content-MD5`. */
export function md5Base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...md5(bytes)))
}
