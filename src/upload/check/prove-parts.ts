// Compares confirmed parts with the current source. A part is kept if its range of the source still has the CRC-64
// that was sent; every other part is dropped.

import { codeOf } from '../../foreign/error.ts'
import { type ConfirmedPart, recordOf } from '../../journal/fold.ts'
import type { JournalRecord } from '../../journal/record.ts'
import type { Identity } from '../../ports.ts'
import { hashRanges } from '../../source/hash-ranges.ts'
import { describeDifference, isSettled, sameIdentity } from '../../source/identity.ts'
import type { SourceRun } from '../run/run.ts'

export interface Proof {
  /** The current identity of the source. */
  readonly identity: Identity
  /** When that identity was read. */
  readonly seenAt: number
  /** Why parts were compared and the plan must be made again; `undefined` if nothing changed. */
  readonly reason: string | undefined
  /** True if the source changed during the comparison: then nothing is known about its bytes. */
  readonly isMoving: boolean
}

/**
 * Compares the source with the checkpoint: drops parts whose bytes the source does not have any more, and journals
 * its new identity. If the source changes meanwhile, the old identity stays in the journal, so that all bytes are
 * compared again the next time.
 */
export async function proveParts(run: SourceRun): Promise<Proof> {
  const { state } = run.checkpoint
  const before = state.source
  const firstAt = run.clock.now()
  const identity = await run.source.identity()
  // Asked before reading: a write while the timestamps are young may not change them.
  const proven = isSettled(identity, run.clock.now())
  const changed = before === undefined || !sameIdentity(before, identity)
  const all = [...state.parts.values()]
  const doubtful =
    changed || run.options.verify === 'always' ? all : all.filter(part => !part.proven)
  const dropped = await findUnequal(run, doubtful, identity.size)
  const seenAt = doubtful.length === 0 ? firstAt : run.clock.now()
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

  const now = { identity: after, seenAt, isMoving }
  if (isMoving) return { ...now, reason: 'it is being written' }
  if (before !== undefined && changed) {
    return { ...now, reason: describeDifference(before, after) }
  }
  const reason = dropped.length > 0 ? 'its content changed' : undefined
  return { ...now, reason }
}

/** Numbers of the parts whose range of the source has another CRC-64 than the sent bytes. */
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
