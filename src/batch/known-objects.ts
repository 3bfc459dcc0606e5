// Facts from earlier runs: that a file in its present state and an object as it is listed are equal. It saves looking at the object and reading the file, and decides nothing by itself: a
// fact names all that it rests on, so it stops being of use when any of that changes.

import type { Identity } from '../ports.ts'
import type { FoundFile } from './found.ts'

/** Keeps facts from run to run, as far as it can: a lost fact costs one request, no more. */
export interface KnownObjects {
  has(fact: string): boolean
  add(fact: string): void
  /** Writes the remaining facts. @param isWhole all facts that still hold were asked for or added */
  close(isWhole: boolean): Promise<void>
}

/**
 * The CRC-64 of the file with this identity was compared with that of the object which has this
 * ETag. OSS gives another ETag to other bytes.
 */
export function factOf(
  place: string,
  { key, id }: FoundFile,
  { size, mtimeNs, ctimeNs, inode }: Identity,
  etag: string,
): string {
  return JSON.stringify([place, key, id, size, mtimeNs, ctimeNs, inode, etag])
}
