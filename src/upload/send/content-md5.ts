// Content-MD5: with it, OSS refuses bytes that were damaged on the way. Used only if OSS gives no CRC-64, because the
// bytes must be read twice.

import { allocateHashable, freeHashable } from '../../hash/crc64.ts'
import { md5, md5Digest } from '../../hash/md5.ts'
import type { Source } from '../../ports.ts'
import { hashRange } from '../../source/part-body.ts'

/** Reads a range of a source and returns the value of its Content-MD5 header. */
export async function md5OfRange(
  source: Source,
  range: { readonly position: number; readonly size: number },
  signal: AbortSignal,
): Promise<string> {
  const digest = md5Digest()
  const buffer = allocateHashable(256 * 1024)
  try {
    await hashRange(source, range, buffer, signal, bytes => digest.update(bytes))
    return base64(digest.digest())
  } finally {
    freeHashable(buffer)
  }
}

/** The same for bytes in memory. */
export function md5OfBytes(bytes: Uint8Array): string {
  return base64(md5(bytes))
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
