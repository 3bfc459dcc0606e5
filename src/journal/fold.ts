// Computes the state of an upload from its records. Pure: the same records give the same state, and each prefix of a
// journal gives a state from which the upload can continue (docs/internals/life-cycle.md).

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
  /** Position of the first byte in the source. */
  readonly position: number
  readonly size: number
  readonly etag: string
  /** CRC-64 of the sent bytes. */
  readonly crc64: bigint
  /** False if the source's timestamps were too recent to reveal a change after it was read. */
  readonly proven: boolean
}

/** An upload with an upload id, and the intent with which it was started. */
export interface OpenUpload {
  readonly id: string
  /** When OSS answered Initiate, in epoch milliseconds of OSS's clock. */
  readonly initiatedAt: number
  readonly intent: IntentRecord
}

export interface CheckpointState {
  readonly begin: BeginRecord | undefined
  readonly source: (Identity & { readonly at: number }) | undefined
  /** Headers of Complete; `undefined` if none. */
  readonly ending: EndingRecord | undefined
  /** The current upload. */
  readonly upload: OpenUpload | undefined
  readonly parts: ReadonlyMap<number, ConfirmedPart>
  /** The ranges of parts that are not confirmed yet, with `auto` only. */
  readonly cuts: readonly CutRecord[]
  readonly completing: CompletingRecord | undefined
  /** CRC-64 of each object that a Complete of the current upload may have stored, also before its parts changed. */
  readonly completed: ReadonlySet<string>
  readonly done: DoneRecord | undefined
  /** Ids of discarded uploads that OSS may still have. */
  readonly aborting: ReadonlyMap<string, string>
  /** Intents whose Initiate may have been sent and whose upload id we do not know. */
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
  completed: Set<string>
  done: DoneRecord | undefined
  aborting: Map<string, string>
  intents: Map<string, IntentRecord>
}

/** The state of an upload without a record. */
export function emptyState(): CheckpointState {
  return blank()
}

/**
 * Computes the state from records.
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
 * The state of a journal with damaged records: one of them may have been a `drop`, so each part must be compared with
 * the source again.
 */
export function distrustParts(state: CheckpointState): CheckpointState {
  const parts = [...state.parts].map(
    ([number, part]) => [number, { ...part, proven: false }] as const,
  )
  return { ...state, parts: new Map(parts) }
}

/** Adds one record to a state, which it changes. */
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
    completed: new Set(),
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
      // The record is written twice. At the second copy, the upload id may be known already.
      if (state.upload?.intent.nonce === record.nonce) break
      state.intents.set(record.nonce, record)
      break
    case 'settled':
      state.intents.delete(record.nonce)
      break
    case 'upload': {
      // The record is written twice, so that one damaged record does not lose the upload.
      if (state.upload?.id === record.id) break
      const intent = state.intents.get(record.nonce)
      if (intent === undefined) {
        // The intent of this upload was damaged. Its headers are unknown, so the upload cannot continue.
        state.aborting.set(record.id, 'its intent is not in the journal')
        break
      }
      state.intents.delete(record.nonce)
      // Only the first copy of the intent was damaged, so the upload need not be aborted after all.
      state.aborting.delete(record.id)
      if (state.upload?.id !== record.id) state.completed = new Set()
      if (state.upload !== undefined && state.upload.id !== record.id) {
        // The record that discarded the earlier upload was damaged. OSS may still have that upload.
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
      state.completed.add(record.c)
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
