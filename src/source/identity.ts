// Decides whether a source is unchanged. Contract, rule 3.

import type { Identity } from '../ports.ts'

/** Milliseconds. A more recent timestamp proves nothing, because a second write soon after may leave it unchanged. */
const settlingMs = 2000

/** True if no field that both have differs. The device number is not compared, because mounts change it. */
export function sameIdentity(a: Identity, b: Identity): boolean {
  return (
    a.size === b.size &&
    agree(a.mtimeNs, b.mtimeNs) &&
    agree(a.ctimeNs, b.ctimeNs) &&
    agree(a.inode, b.inode) &&
    agree(a.crc64, b.crc64)
  )
}

/**
 * True if the timestamps are so old at `now` that every later change will change them. A source with the CRC-64
 * of its content is always settled. A source without CRC-64 and timestamps is never settled.
 */
export function isSettled(identity: Identity, now: number): boolean {
  return settledFrom(identity) <= now
}

/** The time from which it is settled, epoch milliseconds, for callers that ask more than once. */
export function settledFrom(identity: Identity): number {
  if (identity.crc64 !== undefined) return Number.NEGATIVE_INFINITY
  const timestamps = [identity.mtimeNs, identity.ctimeNs].filter(
    timestamp => timestamp !== undefined,
  )
  if (timestamps.length === 0) return Number.POSITIVE_INFINITY
  return (
    Math.max(...timestamps.map(timestamp => Number(BigInt(timestamp) / 1_000_000n))) + settlingMs
  )
}

/**
 * The time from which bytes of the source are proven when they are read: a later change gives other timestamps. Without
 * an inode number, the bytes may be those of a file that was replaced after the identity was read. Then the timestamps
 * must have been old enough at that time.
 * @param seenAt when the identity was read
 */
export function provenFrom(identity: Identity, seenAt: number): number {
  const from = settledFrom(identity)
  return identity.inode !== undefined || from <= seenAt ? from : Number.POSITIVE_INFINITY
}

/** Names the difference, for a message. */
export function describeDifference(a: Identity, b: Identity): string {
  if (a.size !== b.size) return `its size went from ${a.size} to ${b.size} bytes`
  if (!agree(a.inode, b.inode)) return 'another file took its place'
  if (!agree(a.mtimeNs, b.mtimeNs)) return 'it was modified'
  if (!agree(a.crc64, b.crc64)) return 'its content changed'
  return 'its attributes changed'
}

function agree(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b
}
