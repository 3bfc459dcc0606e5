// The records of a journal. docs/internals/journal.md says when each is written and what it must survive.

import type { Identity } from '../ports.ts'

/** Version of the format, in `begin`. A journal of a later version is refused, never deleted. */
export const journalVersion = 1

export interface BeginRecord {
  readonly t: 'begin'
  readonly v: number
  readonly bucket: string
  readonly key: string
  /** The bucket as such, whatever the endpoint: see `placeOf`. */
  readonly place: string
  /** The endpoint that was used, to continue from `ossup resume`. */
  readonly endpoint: string
  /** How requests are addressed at that endpoint. */
  readonly style: 'virtual-host' | 'path' | 'cname'
  readonly region: string
  readonly source: string
  readonly name: string
  readonly at: number
}

export interface SourceRecord extends Identity {
  readonly t: 'source'
  readonly at: number
}

export interface IntentRecord {
  readonly t: 'intent'
  readonly nonce: string
  readonly headers: Readonly<Record<string, string>>
  readonly partSize: number
  readonly at: number
  /** The same moment by OSS's clock, as soon as an answer has told: it lies between the two. */
  readonly oss?: readonly [from: number, to: number]
}

export interface UploadRecord {
  readonly t: 'upload'
  readonly id: string
  readonly nonce: string
  /** OSS's time of its answer to Initiate. */
  readonly at: number
}

/** What goes with Complete. The callback itself may hold a secret: only that there is one is said. */
export interface EndingRecord {
  readonly t: 'ending'
  readonly acl?: string
  readonly callback?: 1
}

/**
 * How parts of `auto` are cut from here on, until another such record: number `n` begins at `o`, each
 * has `s` bytes, and the next has a number that is `k` higher.
 */
export interface CutRecord {
  readonly t: 'cut'
  readonly n: number
  readonly o: number
  readonly s: number
  readonly k: number
}

export interface PartRecord {
  readonly t: 'part'
  readonly n: number
  /** First byte in the source. */
  readonly o: number
  readonly s: number
  readonly e: string
  readonly c: string
  /** 1: read while the file's stamps were too young to prove what they stand for. */
  readonly y?: 1
}

export interface DropRecord {
  readonly t: 'drop'
  readonly n: readonly number[]
}

export interface CompletingRecord {
  readonly t: 'completing'
  readonly size: number
  readonly c: string
  readonly parts: number
  readonly at: number
  /**
   * Of an upload whose object has no mark: what was stored under the key before Complete was sent; empty
   * for nothing. Absent where that is not known.
   */
  readonly was?: string
}

export interface AbortingRecord {
  readonly t: 'aborting'
  readonly id: string
  readonly why: string
}

export interface AbortedRecord {
  readonly t: 'aborted'
  readonly id: string
}

export interface SettledRecord {
  readonly t: 'settled'
  readonly nonce: string
}

export interface DoneRecord {
  readonly t: 'done'
  readonly e: string
  readonly c: string
}

export type JournalRecord =
  | BeginRecord
  | SourceRecord
  | EndingRecord
  | IntentRecord
  | UploadRecord
  | CutRecord
  | PartRecord
  | DropRecord
  | CompletingRecord
  | AbortingRecord
  | AbortedRecord
  | SettledRecord
  | DoneRecord
