// Decides whether a file must be sent. A file is skipped only if its object has the same size and CRC-64.

import { journalName } from '../journal/name.ts'
import type { Identity, JournalStore } from '../ports.ts'
import { hashRanges } from '../source/hash-ranges.ts'
import { isSettled, sameIdentity } from '../source/identity.ts'
import type { SendReason } from './batch-options.ts'
import type { FoundFile } from './found.ts'
import type { Gate } from './gate.ts'
import { factOf, type KnownObjects } from './known-objects.ts'
import type { ObjectsThere, There } from './objects-there.ts'

export interface Comparison {
  readonly place: string
  readonly there: ObjectsThere
  readonly known: KnownObjects
  readonly checkpoint: JournalStore | false
  /** Reading whole files takes memory and disk, so only a few are hashed at a time. */
  readonly hashing: Gate
  readonly now: () => number
}

/** The listing's entry for the file's object. */
export type Listed = There<{ readonly size: number; readonly etag: string }>

/** Returns why the file must be sent; `undefined` if its object has the same size and CRC-64. */
export async function reasonToSend(
  comparison: Comparison,
  file: FoundFile,
  listed: Listed,
  signal: AbortSignal,
): Promise<SendReason | undefined> {
  const { place, there, known } = comparison
  const { size } = file.identity
  if (listed === 'absent') return 'new'
  if (listed !== 'unknown') {
    if (listed.size !== size) return 'size'
    // The object may be stored although its checkpoint still exists. The upload finds out and removes the checkpoint.
    if (await isBegun(comparison, file)) return 'unfinished'
    if (known.has(factOf(place, file, file.identity, listed.etag))) return undefined
  }
  const head = await there.look(file.key, signal)
  if (head === 'absent') return 'new'
  if (head === 'unknown') return 'unknown'
  if (head.size !== size) return 'size'
  if (listed === 'unknown' && (await isBegun(comparison, file))) return 'unfinished'
  if (head.crc64 === undefined) return 'unknown'
  const begunAt = comparison.now()
  const { crc, identity } = await comparison.hashing.through(() => hashFile(file, signal))
  if (String(crc) !== head.crc64) return 'content'
  learn(comparison, file, { identity, etag: head.etag, begunAt })
  return undefined
}

/**
 * Records that file and object are equal, if the file's timestamps prove that it did not change.
 * @param seen identity and ETag after the content was read. Reading started at `begunAt`.
 */
export function learn(
  { place, known }: Comparison,
  file: FoundFile,
  { identity, etag, begunAt }: { identity: Identity; etag: string; begunAt: number },
): void {
  const { identity: before } = file
  if (sameIdentity(before, identity) && isSettled(before, begunAt)) {
    known.add(factOf(place, file, before, etag))
  }
}

async function isBegun({ place, checkpoint }: Comparison, file: FoundFile): Promise<boolean> {
  if (checkpoint === false) return false
  return (await checkpoint.read(journalName(place, file.key, file.id))) !== undefined
}

/** Returns the CRC-64 of the file; `undefined` if its size has changed. */
async function hashFile(file: FoundFile, signal: AbortSignal) {
  const source = await file.open()
  try {
    const whole = { position: 0, size: file.identity.size }
    const crc = (await hashRanges(source, [whole], signal)).get(whole)
    const identity = await source.identity()
    return { crc: identity.size === whole.size ? crc : undefined, identity }
  } finally {
    await source.close()
  }
}
