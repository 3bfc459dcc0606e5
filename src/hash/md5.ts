// MD5, which OSS uses for ETag and Content-MD5. It guards against accident only.

import { md5 as nobleMd5 } from '@noble/hashes/legacy.js'

export function md5(bytes: Uint8Array): Uint8Array {
  return nobleMd5(bytes)
}

/** MD5 of bytes that come in pieces. */
export interface Md5Digest {
  update(bytes: Uint8Array): void
  /** The 16 bytes of the hash. Nothing can be added after it. */
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

/** MD5 as `Content-MD5` has it. */
export function md5Base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...md5(bytes)))
}
