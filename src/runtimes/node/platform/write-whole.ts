// Writes that take all of the bytes. A disk that is nearly full takes some of them and calls that a
// success; only the next write is refused.

import { writeSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

/** Writes all bytes at a position of a file. */
export async function writeWhole(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten
  }
}

/** Writes all data to a descriptor, at its position. Blocks. */
export function writeWholeSync(fd: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}
