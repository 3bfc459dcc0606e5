// The records of a journal. docs/internals/journal.md says when each is written and what it must survive.

import type { Identity } from '../ports.ts'

/** Version of the format, in `begin`. A journal of a later version is refused, never deleted. */
export const journalVersion = 1

export interface BeginRecord {
  readonly t: 'begin'
  readonly v: number
  readonly bucket: string
  readonly key: string
  /** The bucket's place, the same for all its endpoints: see `placeOf`. */
  readonly place: string
  /** The endpoint of the run, for `ossup resume`. */
  readonly endpoint: string
  /** Where a request to that endpoint names the bucket: in the host, in the path, or not at all (cname). */
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
  /** The same time by OSS's clock, between these two values; added after the first answer. */
  readonly oss?: readonly [from: number, to: number]
}

export interface UploadRecord {
  readonly t: 'upload'
  readonly id: string
  readonly nonce: string
  /** When OSS answered Initiate, by OSS's clock. */
  readonly at: number
}

/** Headers of Complete. A callback may contain a secret, so only its existence is recorded. */
export interface EndingRecord {
  readonly t: 'ending'
  readonly acl?: string
  readonly callback?: 1
}

/**
 * How parts of `auto` are planned from here on, until the next such record: part `n` starts at `o`, each part
 * has `s` bytes, and the number of the next one is higher by `k`.
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
  /** Position of the first byte in the source. */
  readonly o: number
  readonly s: number
  readonly e: string
  readonly c: string
  /** Set to 1 if the file's timestamps were too recent to reveal a change after the part was read. */
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
   * For an upload whose object has no mark: the version of the object under the key before Complete. Empty if
   * there was no object, absent if not known.
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
