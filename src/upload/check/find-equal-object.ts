// Finds an object that is equal to the result of this upload, although no journal knows about it.

import { StateError } from '../../errors.ts'
import type { ConfirmedPart } from '../../journal/fold.ts'
import { partSizeMax } from '../../limits.ts'
import { planParts } from '../../plan/plan-parts.ts'
import type { Identity } from '../../ports.ts'
import { sameIdentity } from '../../source/identity.ts'
import type { Stored } from '../run/content.ts'
import type { SourceRun } from '../run/run.ts'
import { hashWhole } from './after-death.ts'
import { type Expected, lookAtObject } from './look-at-object.ts'

/** Reads the source only if all other properties agree. Finds no object if HEAD is not permitted. */
export async function findEqualObject(
  run: SourceRun,
  identity: Identity,
  known: Pick<Expected, 'initiatedAt' | 'nonce' | 'alike'>,
): Promise<Stored | undefined> {
  const plan = planParts(identity.size, partSizeMax, [] as ConfirmedPart[])
  let whole: Promise<bigint> | undefined
  const crc64 = () => {
    whole ??= hashWhole(run, plan)
    return whole
  }
  try {
    const expected = { size: identity.size, crc64, ...known }
    const look = await lookAtObject(run, expected, false)
    if (look.kind !== 'ours' || whole === undefined) return undefined
    if (!sameIdentity(identity, await run.source.identity())) return undefined
    const { object } = look
    return { object, size: identity.size, crc64: await whole, parts: partsIn(object.etag) }
  } catch (error) {
    if (error instanceof StateError) return undefined
    throw error
  }
}

/** The number of parts, which OSS puts at the end of the ETag of an object from parts. */
function partsIn(etag: string): number {
  return Number(/-(\d+)$/.exec(etag)?.[1] ?? 1)
}
