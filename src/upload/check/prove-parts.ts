// Proves confirmed parts against the source as it is now. A part whose range still has the CRC-64
// that was sent is kept, whatever happened to the file; every other one is given up.

import { codeOf } from '../../foreign/error.ts'
import { type ConfirmedPart, recordOf } from '../../journal/fold.ts'
import type { JournalRecord } from '../../journal/record.ts'
import type { Identity } from '../../ports.ts'
import { hashRanges } from '../../source/hash-ranges.ts'
import { describeDifference, isSettled, sameIdentity } from '../../source/identity.ts'
import type { SourceRun } from '../run/run.ts'

export interface Proof {
  /** The source as it is now. */
  readonly identity: Identity
  /** Why confirmed parts had to be looked at again and the plan made anew; `undefined` if all stands. */
  readonly reason: string | undefined
  /** It changed while it was looked at: nothing is known of its bytes. */
  readonly isMoving: boolean
}

/**
 * Looks at the source and mends the checkpoint: parts whose bytes are not those of the source any
 * more are dropped, and its new identity is journaled. While it keeps moving its old identity stays
 * in the journal, so that everything is hashed again next time.
 */
export async function proveParts(run: SourceRun): Promise<Proof> {
  const { state } = run.checkpoint
  const before = state.source
  const identity = await run.source.identity()
  // Asked before anything is read: what is written while stamps are young leaves no trace in them later.
  const proven = isSettled(identity, run.clock.now())
  const changed = before === undefined || !sameIdentity(before, identity)
  const all = [...state.parts.values()]
  const doubtful =
    changed || run.options.verify === 'always' ? all : all.filter(part => !part.proven)
  const dropped = await findUnequal(run, doubtful, identity.size)
  const after = doubtful.length === 0 ? identity : await run.source.identity()
  const isMoving = !sameIdentity(identity, after)

  const records: JournalRecord[] = []
  if (dropped.length > 0) records.push({ t: 'drop', n: dropped })
  if (!isMoving) {
    const gone = new Set(dropped)
    for (const part of doubtful) {
      if (part.proven !== proven && !gone.has(part.partNumber)) records.push(recordOf(part, proven))
    }
    if (changed) records.push({ t: 'source', ...after, at: run.clock.now() })
  }
  if (records.length > 0) await run.checkpoint.record(...records)

  if (isMoving) return { identity: after, reason: 'it is being written', isMoving }
  if (before !== undefined && changed) {
    return { identity: after, reason: describeDifference(before, after), isMoving }
  }
  const reason = dropped.length > 0 ? 'its content changed' : undefined
  return { identity: after, reason, isMoving }
}

/** Numbers of the parts whose range of the source does not hash to what was sent. */
async function findUnequal(
  run: SourceRun,
  parts: readonly ConfirmedPart[],
  size: number,
): Promise<number[]> {
  if (parts.length === 0) return []
  const fitting = parts.filter(part => part.position + part.size <= size)
  run.progress.verifying(fitting.reduce((sum, part) => sum + part.size, 0))
  try {
    const onHashed = (bytes: number) => run.progress.bytesVerified(bytes)
    const crcs = await hashRanges(run.source, fitting, run.signal, onHashed)
    return parts.filter(part => crcs.get(part) !== part.crc64).map(part => part.partNumber)
  } finally {
    run.progress.verifying(0)
  }
}

/** True for the error of a source that ended before its size, or changed while it was read. */
export function isShortened(error: unknown): boolean {
  return codeOf(error) === 'SOURCE_CHANGED'
}
