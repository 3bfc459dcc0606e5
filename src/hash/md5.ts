import { md5 as nobleMd5 } from '@noble/hashes/legacy.js'

/** MD5, which OSS uses for ETag and Content-MD5. Guards against accident only. */
export function md5(bytes: Uint8Array): Uint8Array {
  return nobleMd5(bytes)
}
