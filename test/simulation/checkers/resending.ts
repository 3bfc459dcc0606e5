// Rule 1: no part that OSS has confirmed is sent again, unless the file, or OSS, is known to have changed.

import { createHash } from 'node:crypto'
import { crc64 } from '../../../src/hash/crc64.ts'
import type { JournalRecord } from '../../../src/journal/record.ts'
import type { SimulatedProcess } from '../process.ts'
import type { Sent } from '../simulated-network.ts'
import { partSizeMin } from '../small-limits.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'
import { listedParts } from './listed-parts.ts'

type Part = Extract<JournalRecord, { t: 'part' }>
type Cut = Extract<JournalRecord, { t: 'cut' }>

/** What one process knows to be confirmed. */
interface Known {
  uploadId: string | undefined
  readonly parts: Map<number, Part>
  /** How parts were cut on the way, as far as its journal says. */
  cuts: Cut[]
  /** By number: ETags of the last ListParts that came as OSS meant it, of parts that it knew the place of. */
  listed: Map<number, string>
  /** OSS has said, in one way or the other, that it does not have what it confirmed. */
  isContradicted: boolean
  versions: number
}

export function resending(world: World): Checker {
  const known = new Map<number, Known>()
  const of = (by: number) => {
    const entry: Known = known.get(by) ?? {
      uploadId: undefined,
      parts: new Map(),
      cuts: [],
      listed: new Map(),
      isContradicted: false,
      versions: world.file.versions.length,
    }
    known.set(by, entry)
    return entry
  }

  function learn(process: SimulatedProcess, record: JournalRecord, isOld: boolean): void {
    const entry = of(process.number)
    if (record.t === 'upload') {
      if (entry.uploadId !== record.id) {
        entry.listed = new Map()
        entry.cuts = []
      }
      entry.uploadId = record.id
      entry.parts.clear()
    } else if (record.t === 'cut') entry.cuts.push(record)
    else if (record.t === 'part') entry.parts.set(record.n, record)
    else if (record.t === 'drop') {
      for (const number of record.n) {
        const part = entry.parts.get(number)
        if (!isOld && part !== undefined && !mayDrop(world, process, entry, part)) {
          world.violate('1 resume', `part ${number} was given up without a reason`)
        }
        entry.parts.delete(number)
      }
    } else if (record.t === 'aborting' && record.id === entry.uploadId) entry.parts.clear()
  }

  return {
    onOpened(process) {
      for (const record of process.found) learn(process, record, true)
    },
    onRecords(process, records) {
      for (const record of records) learn(process, record, false)
    },
    onSend({ by, operation, uploadId, partNumber }) {
      if (operation !== 'UploadPart' || partNumber === undefined) return
      const entry = of(by)
      if (entry.uploadId !== uploadId || !entry.parts.has(partNumber)) return
      world.violate('1 resume', `part ${partNumber} is sent again, though it is confirmed`)
    },
    onSettled(sent) {
      const { by, operation, status, code, fault, partNumber, uploadId } = sent
      const entry = of(by)
      if (operation === 'ListParts' && status === 200 && uploadId === entry.uploadId) {
        const listed = listedParts(sent.answer ?? '')
        if (fault !== 'list-stale' && fault !== 'answer-garbage') {
          const isAuto = world.process(by).options.partSize === 'auto'
          const located = [...listed].filter(([number]) => !isAuto || isReached(number, entry.cuts))
          entry.listed = new Map(located)
        } else {
          // A later answer without a part takes back what an earlier one said of it.
          for (const number of entry.listed.keys()) {
            if (!listed.has(number)) entry.listed.delete(number)
          }
        }
        for (const part of entry.parts.values()) {
          if (listed.get(part.n) !== part.e) entry.isContradicted = true
        }
      }
      if (operation === 'CompleteMultipartUpload' && /Part/.test(code ?? '')) {
        entry.isContradicted = true
      }
      if (operation !== 'UploadPart' || partNumber === undefined) return
      // Without its CRC-64 nothing proves that a listed part has the right bytes.
      if (world.plan.unconfirmed.listPartsCrc === 'absent') return
      if (entry.versions !== world.file.versions.length) return
      if (uploadId === entry.uploadId && entry.listed.get(partNumber) === md5Of(world, sent)) {
        world.violate('1 resume', `part ${partNumber} is sent again, though ListParts had it`)
      }
    },
    onStored(event) {
      if (event.kind !== 'part') return
      for (const entry of known.values()) {
        if (entry.uploadId === event.id) entry.listed.delete(event.part.number)
      }
    },
  }
}

/** Of parts that are cut on the way only a cut tells which bytes they are: another owner's may be in no journal of ours. */
function isReached(number: number, cuts: readonly Cut[]): boolean {
  return cuts.some(({ n, k }) => number >= n && (number - n) % k === 0)
}

function mayDrop(world: World, process: SimulatedProcess, entry: Known, part: Part): boolean {
  if (entry.isContradicted || world.plan.lock !== 'sound') return true
  const recent = world.file.versions.filter(({ until }) => until >= process.startedAt)
  const sizes = new Set(recent.map(({ bytes }) => bytes.length))
  // Another length may need another cut, of parts whose own bytes are the same.
  const journaled = process.found.findLast(record => record.t === 'source')
  if (journaled?.t === 'source') sizes.add(journaled.size)
  if (sizes.size > 1) return true
  return recent.some(({ bytes }) => {
    // A part below the least size can only be the last one: a file that grew since has no use for it.
    if (part.s < partSizeMin && part.o + part.s < bytes.length) return true
    const range = bytes.subarray(part.o, part.o + part.s)
    return range.length < part.s || String(crc64(range)) !== part.c
  })
}

/** The ETag that the whole body would have; empty if not all of it left. */
function md5Of(world: World, sent: Sent): string {
  if (sent.sentBytes < sent.bodySize || sent.fault === 'body-corrupted') return ''
  const bytes = world.bodies.get(sent)
  if (bytes === undefined) return ''
  return createHash('md5').update(bytes).digest('hex').toUpperCase()
}
