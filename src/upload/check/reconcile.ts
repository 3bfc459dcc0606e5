// Compares the checkpoint with the parts that OSS has. A part is kept if number, size and ETag agree. A part that
// only OSS knows (its answer or record was lost) is kept if the local bytes have the same CRC-64.

import { OssError } from '../../errors.ts'
import { allocateHashable, crc64, freeHashable } from '../../hash/crc64.ts'
import { type OpenUpload, recordOf } from '../../journal/fold.ts'
import type { PartRecord } from '../../journal/record.ts'
import { type ListedPart, listParts } from '../../oss/list-parts.ts'
import { isForbidden } from '../../oss/refusal.ts'
import { locatePart, locateSideBySide } from '../../plan/locate-parts.ts'
import { type Part, planGaps, planParts } from '../../plan/plan-parts.ts'
import { hashRange } from '../../source/part-body.ts'
import type { Run, SourceRun } from '../run/run.ts'
import { isShortened } from './prove-parts.ts'

/**
 * Lists the parts that OSS has, and changes the checkpoint to match.
 * If ListParts is not permitted, the journal alone decides. Contract, rules 1 and 16.
 * @throws {OssError} `NoSuchUpload` if the upload id is dead.
 */
export async function reconcile(
  run: SourceRun,
  upload: OpenUpload,
  size: number,
  isProven: boolean,
): Promise<void> {
  const listed = await listAllParts(run, upload)
  await dropUnlisted(run, listed)
  const { parts, cuts } = run.checkpoint.state
  if (listed === undefined) return
  const plan = planParts(size, upload.intent.partSize, parts.values())
  const isUnknown = ({ partNumber }: { partNumber: number }) => !parts.has(partNumber)
  const located = [...listed.values()]
    .filter(isUnknown)
    .flatMap(part => locatePart(part, cuts, size))
  // The last guess: another machine has continued the upload with other part sizes.
  const sideBySide = locateSideBySide(listed.values(), size).filter(isUnknown)
  const candidates = [...located, ...plan.missing, ...sideBySide]
  const records = await recordsOfEqualParts(run, isProven, candidates, listed)
  const fitting = thatFit(records, parts.values(), size)
  if (fitting.length > 0) await run.checkpoint.record(...fitting)
}

/** Parts that overlap no confirmed part: a range that was divided again may exist in both sizes. */
export function thatFit(
  found: readonly PartRecord[],
  confirmed: Iterable<Part>,
  size: number,
): PartRecord[] {
  // Confirmed parts that are dropped anyway do not count.
  const known = planGaps(size, confirmed).kept
  const isPossible = (records: readonly PartRecord[]) => {
    const parts = records.map(({ n, o, s }) => ({ partNumber: n, position: o, size: s }))
    return planGaps(size, [...known, ...parts]).dropped.length === 0
  }
  if (isPossible(found)) return [...found]
  const fitting: PartRecord[] = []
  for (const record of found) if (isPossible([...fitting, record])) fitting.push(record)
  return fitting
}

/** Records of those parts that OSS has under the same number with the bytes of the source. */
export async function recordsOfEqualParts(
  run: SourceRun,
  isProven: boolean,
  parts: readonly Part[],
  listed: ReadonlyMap<number, ListedPart>,
): Promise<PartRecord[]> {
  const records: PartRecord[] = []
  const found = new Set<number>()
  for (const part of parts) {
    const there = listed.get(part.partNumber)
    if (there?.size !== part.size || found.has(part.partNumber)) continue
    const crc64 = await hashIfEqual(run, part, there)
    if (crc64 === undefined) continue
    found.add(part.partNumber)
    records.push(recordOf({ ...part, etag: there.etag, crc64 }, isProven))
  }
  return records
}

/** Drops the confirmed parts that OSS does not have, or has differently. */
export async function dropUnlisted(
  run: Run,
  listed: ReadonlyMap<number, ListedPart> | undefined,
): Promise<void> {
  if (listed === undefined) return
  const missing: number[] = []
  for (const part of run.checkpoint.state.parts.values()) {
    const there = listed.get(part.partNumber)
    if (there?.size !== part.size || there.etag !== part.etag) missing.push(part.partNumber)
  }
  if (missing.length > 0) await run.checkpoint.record({ t: 'drop', n: missing })
}

/** Without ListParts: the error of Complete names the part that OSS does not have, or has differently. */
export async function dropRefused(run: Run, error: OssError): Promise<void> {
  const partNumber = Number(error.extra.PartNumber)
  if (run.checkpoint.state.parts.has(partNumber)) {
    await run.checkpoint.record({ t: 'drop', n: [partNumber] })
  }
}

/** All parts that OSS has of the current upload; `undefined` if ListParts is not permitted. */
export function listAllParts(
  run: Run,
  { id }: OpenUpload,
): Promise<Map<number, ListedPart> | undefined> {
  return pageParts(run, id)
}

/** The same for any upload; `'gone'` if OSS does not know it. */
export async function listPartsOf(
  run: Run,
  uploadId: string,
): Promise<Map<number, ListedPart> | undefined | 'gone'> {
  try {
    return await pageParts(run, uploadId)
  } catch (error) {
    if (error instanceof OssError && error.code === 'NoSuchUpload') return 'gone'
    throw error
  }
}

async function pageParts(run: Run, uploadId: string): Promise<Map<number, ListedPart> | undefined> {
  const listed = new Map<number, ListedPart>()
  let marker = 0
  for (;;) {
    try {
      const page = await run.requester.run({ operation: 'ListParts', signal: run.signal }, call =>
        listParts(run.client, { key: run.key, uploadId, partNumberMarker: marker }, call),
      )
      for (const part of page.parts) listed.set(part.partNumber, part)
      if (!page.isTruncated || page.nextPartNumberMarker <= marker) return listed
      marker = page.nextPartNumberMarker
    } catch (error) {
      if (isForbidden(error) && error.code === 'AccessDenied') {
        return undefined
      }
      throw error
    }
  }
}

/** The CRC-64 of the part's range if OSS has the same bytes. A part that is listed without CRC-64 is not used. */
async function hashIfEqual(
  run: SourceRun,
  part: Part,
  there: ListedPart,
): Promise<bigint | undefined> {
  if (there.crc64 === undefined) return undefined
  const buffer = allocateHashable(256 * 1024)
  try {
    const crc64 = await hashRange(run.source, part, buffer, run.signal)
    return String(crc64) === there.crc64 ? crc64 : undefined
  } catch (error) {
    if (isShortened(error)) return undefined
    throw error
  } finally {
    freeHashable(buffer)
  }
}

/** True if we know that OSS has exactly these bytes as the part. */
export function hasEqualBytes(bytes: Uint8Array, there: ListedPart): boolean {
  return there.size === bytes.length && there.crc64 === String(crc64(bytes))
}
