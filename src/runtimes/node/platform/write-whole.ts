// Writes that repeat until all bytes are written. A nearly full disk writes only some of the bytes and reports
// success; only the next write fails.

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

/** Writes all data to a descriptor at its current position. Blocks. */
export function writeWholeSync(fd: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}
