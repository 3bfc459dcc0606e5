// Handles an upload id that OSS does not know any more. It was aborted, or completed: by this run, whose answer was
// lost, or by another owner of the same upload. Contract, rules 4 and 8.

import { StateError } from '../../errors.ts'
import { allocateHashable, crc64Combine, freeHashable } from '../../hash/crc64.ts'
import type { ConfirmedPart } from '../../journal/fold.ts'
import { type Plan, planParts } from '../../plan/plan-parts.ts'
import { hashRange } from '../../source/part-body.ts'
import type { Stored } from '../run/content.ts'
import type { SourceRun } from '../run/run.ts'
import { expectedOf, lookAtObject, overwrittenElsewhere } from './look-at-object.ts'
import { proveParts } from './prove-parts.ts'

/**
 * Checks whether the object exists with the current bytes of the source.
 * @throws {StateError} `OVERWRITTEN_ELSEWHERE` if a newer object with other bytes exists
 */
export async function lookAfterDeath(run: SourceRun): Promise<Stored | undefined> {
  const { upload, completing } = run.checkpoint.state
  if (upload === undefined) return undefined
  const { identity } = await proveParts(run)
  const plan = planParts(identity.size, upload.intent.partSize, run.checkpoint.state.parts.values())
  let whole: Promise<bigint> | undefined
  const crc64 = () => {
    whole ??= hashWhole(run, plan)
    return whole
  }
  const look = await lookAtObject(
    run,
    {
      size: identity.size,
      crc64,
      ...expectedOf(run, upload, completing),
    },
    // OSS may still work on a Complete, but only if one was sent.
    completing !== undefined,
  ).catch((error: unknown) => {
    // Without permission to read: the upload can only be completed if a Complete was sent.
    if (error instanceof StateError && completing === undefined) return { kind: 'absent' } as const
    throw error
  })
  if (look.kind === 'newer') throw overwrittenElsewhere(run)
  if (look.kind !== 'ours') return undefined
  return {
    object: look.object,
    size: identity.size,
    crc64: await crc64(),
    parts: plan.kept.length + plan.missing.length,
  }
}

/** CRC-64 of the whole source: from the CRC-64 of confirmed parts, and from reading the other bytes. */
export async function hashWhole(run: SourceRun, plan: Plan<ConfirmedPart>): Promise<bigint> {
  const buffer = allocateHashable(256 * 1024)
  try {
    const hashed = [...plan.kept].map(({ partNumber, size, crc64 }) => ({
      partNumber,
      size,
      crc64,
    }))
    for (const part of plan.missing) {
      const crc64 = await hashRange(run.source, part, buffer, run.signal)
      hashed.push({ partNumber: part.partNumber, size: part.size, crc64 })
    }
    hashed.sort((a, b) => a.partNumber - b.partNumber)
    return hashed.reduce((whole, { crc64, size }) => crc64Combine(whole, crc64, size), 0n)
  } finally {
    freeHashable(buffer)
  }
}
