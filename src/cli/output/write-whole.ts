import { writeSync } from 'node:fs'

/** Writes all of it: Node takes fewer bytes than given, as on a disk that is nearly full, for a success. */
export function writeWhole(file: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
