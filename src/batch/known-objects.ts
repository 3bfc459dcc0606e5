// Facts from earlier runs. A fact says that a file in its present state equals an object as it is listed. It saves a
// request for the object and reading the file. A fact contains everything that it depends on, so it no longer matches
// when any of that changes.

import type { Identity } from '../ports.ts'
import type { FoundFile } from './found.ts'

/** Keeps facts between runs, as far as possible. A lost fact costs one request. */
export interface KnownObjects {
  has(fact: string): boolean
  add(fact: string): void
  /**
   * Writes the facts that are still needed. @param isWhole true if every fact that still holds was asked for or added
   */
  close(isWhole: boolean): Promise<void>
}

/**
 * Makes a fact: the file with this identity had the same CRC-64 as the object with this ETag. OSS gives different
 * bytes a different ETag.
 */
export function factOf(
  place: string,
  { key, id }: FoundFile,
  { size, mtimeNs, ctimeNs, inode }: Identity,
  etag: string,
): string {
  return JSON.stringify([place, key, id, size, mtimeNs, ctimeNs, inode, etag])
}
