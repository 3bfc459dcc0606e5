import type { FileHandle } from 'node:fs/promises'

/** A disk that is nearly full takes some of the bytes and calls that a success; only the next write is refused. */
export async function writeWhole(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten
  }
}
