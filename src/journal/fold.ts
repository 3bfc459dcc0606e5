// The state of an upload, folded from its records. Pure: the same records give the same state, and
// any prefix of a journal gives a state that the upload can go on from (docs/internals/life-cycle.md).

import { JournalError } from '../errors.ts'
import type { Identity } from '../ports.ts'
import {
  type BeginRecord,
  type CompletingRecord,
  type CutRecord,
  type DoneRecord,
  type EndingRecord,
  type IntentRecord,
  type JournalRecord,
  journalVersion,
  type PartRecord,
} from './record.ts'

/** A part that OSS has confirmed. */
export interface ConfirmedPart {
  readonly partNumber: number
  /** First byte in the source. */
  readonly position: number
  readonly size: number
  readonly etag: string
  /** Of the bytes as they were sent. */
  readonly crc64: bigint
  /** False if the source's stamps were too young, when it was read, to prove that it did not change since. */
  readonly proven: boolean
}

/** An upload that OSS knows by its id, and what it was begun with. */
export interface OpenUpload {
  readonly id: string
  /** OSS's time of its answer to Initiate, epoch milliseconds. */
  readonly initiatedAt: number
  readonly intent: IntentRecord
}

export interface CheckpointState {
  readonly begin: BeginRecord | undefined
  readonly source: (Identity & { readonly at: number }) | undefined
  /** What goes with Complete; `undefined`: nothing. */
  readonly ending: EndingRecord | undefined
  /** The current upload. */
  readonly upload: OpenUpload | undefined
  readonly parts: ReadonlyMap<number, ConfirmedPart>
  /** How the parts that are not confirmed were cut, in so far as they were not cut beforehand. */
  readonly cuts: readonly CutRecord[]
  readonly completing: CompletingRecord | undefined
  readonly done: DoneRecord | undefined
  /** Upload ids that were given up and may still be there. */
  readonly aborting: ReadonlyMap<string, string>
  /** Initiates that were sent, or were about to be, without an upload id known to have come of them. */
  readonly intents: ReadonlyMap<string, IntentRecord>
}

interface MutableState {
  begin: BeginRecord | undefined
  source: (Identity & { at: number }) | undefined
  ending: EndingRecord | undefined
  upload: CheckpointState['upload']
  parts: Map<number, ConfirmedPart>
  cuts: CutRecord[]
  completing: CompletingRecord | undefined
  done: DoneRecord | undefined
  aborting: Map<string, string>
  intents: Map<string, IntentRecord>
}

/** The state of an upload of which nothing is journaled. */
export function emptyState(): CheckpointState {
  return blank()
}

/**
 * Folds records into the state they stand for.
 * @throws {JournalError} `JOURNAL_TOO_NEW` for a later format.
 */
export function foldRecords(records: readonly JournalRecord[], location: string): CheckpointState {
  const state = blank()
  for (const record of records) {
    if (record.t !== 'begin' || record.v === journalVersion) continue
    throw new JournalError(
      'JOURNAL_TOO_NEW',
      `The checkpoint ${location} has format ${record.v}; this version knows ${journalVersion}`,
      { hint: 'It was left as it is. Continue with the version that wrote it, or a newer one' },
    )
  }
  for (const record of records) apply(state, record)
  return state
}

/**
 * The state of a journal in which records are damaged: one of them may have been a `drop`, so every part
 * has to be proven against the source again.
 */
export function distrustParts(state: CheckpointState): CheckpointState {
  const parts = [...state.parts].map(
    ([number, part]) => [number, { ...part, proven: false }] as const,
  )
  return { ...state, parts: new Map(parts) }
}

/** Adds one record to a state, in place. */
export function applyRecord(state: CheckpointState, record: JournalRecord): void {
  apply(state as MutableState, record)
}

function blank(): MutableState {
  return {
    begin: undefined,
    source: undefined,
    ending: undefined,
    upload: undefined,
    parts: new Map(),
    cuts: [],
    completing: undefined,
    done: undefined,
    aborting: new Map(),
    intents: new Map(),
  }
}

function apply(state: MutableState, record: JournalRecord): void {
  switch (record.t) {
    case 'begin':
      state.begin ??= record
      break
    case 'source': {
      const { t: _, ...identity } = record
      state.source = identity
      break
    }
    case 'ending':
      state.ending = record
      break
    case 'intent':
      // It is written twice; what became of it is known by the second time.
      if (state.upload?.intent.nonce === record.nonce) break
      state.intents.set(record.nonce, record)
      break
    case 'settled':
      state.intents.delete(record.nonce)
      break
    case 'upload': {
      // It is written twice, so that a single damaged record loses no upload.
      if (state.upload?.id === record.id) break
      const intent = state.intents.get(record.nonce)
      if (intent === undefined) {
        // Its intent was damaged: what the upload was begun with is unknown, so it cannot go on.
        state.aborting.set(record.id, 'its intent is not in the journal')
        break
      }
      state.intents.delete(record.nonce)
      // The first intent may have been damaged, and this upload been given up for that alone.
      state.aborting.delete(record.id)
      if (state.upload !== undefined && state.upload.id !== record.id) {
        // The record that gave the one before up was damaged; OSS may still have it.
        state.aborting.set(state.upload.id, 'another upload took its place')
      }
      state.upload = { id: record.id, initiatedAt: record.at, intent }
      state.parts = new Map()
      state.cuts = []
      state.completing = undefined
      break
    }
    case 'cut':
      if (state.upload !== undefined) state.cuts.push(record)
      break
    case 'part':
      if (state.upload === undefined) break
      state.parts.set(record.n, {
        partNumber: record.n,
        position: record.o,
        size: record.s,
        etag: record.e,
        crc64: BigInt(record.c),
        proven: record.y !== 1,
      })
      break
    case 'drop':
      for (const partNumber of record.n) state.parts.delete(partNumber)
      state.completing = undefined
      break
    case 'completing':
      state.completing = record
      break
    case 'aborting':
      state.aborting.set(record.id, record.why)
      if (state.upload?.id === record.id) {
        state.upload = undefined
        state.parts = new Map()
        state.cuts = []
        state.completing = undefined
      }
      break
    case 'aborted':
      state.aborting.delete(record.id)
      break
    case 'done':
      state.done = record
      break
  }
}

/** The record of a confirmed part. */
export function recordOf(part: Omit<ConfirmedPart, 'proven'>, proven: boolean): PartRecord {
  const { partNumber: n, position: o, size: s, etag: e } = part
  const c = part.crc64.toString()
  return proven ? { t: 'part', n, o, s, e, c } : { t: 'part', n, o, s, e, c, y: 1 }
}
