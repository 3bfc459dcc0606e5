// When a source counts as unchanged. Contract, rule 3.

import type { Identity } from '../ports.ts'

/** A stamp must be at least this old to prove anything: two writes within its grain look the same. */
const settlingMs = 2000

/** True if nothing that both know differs. The device is never part of it: mounts renumber it. */
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
 * True if the stamps are old enough at `now` that a later change would have moved them. A source
 * without stamps but with its content's CRC-64 is always settled; one without either never is.
 */
export function isSettled(identity: Identity, now: number): boolean {
  return settledFrom(identity) <= now
}

/** From when on it is settled, epoch milliseconds: for those who ask more than once. */
export function settledFrom(identity: Identity): number {
  if (identity.crc64 !== undefined) return Number.NEGATIVE_INFINITY
  const stamps = [identity.mtimeNs, identity.ctimeNs].filter(stamp => stamp !== undefined)
  if (stamps.length === 0) return Number.POSITIVE_INFINITY
  return Math.max(...stamps.map(stamp => Number(BigInt(stamp) / 1_000_000n))) + settlingMs
}

/** What differs, for a message. */
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
