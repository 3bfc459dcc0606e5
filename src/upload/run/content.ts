// What an upload sends: where its parts come from, and whether they can be read again. The engine (`upload.ts`) is the
// same for all content. There are two kinds: a source that can be read again, and a stream.

import type { ConfirmedPart, OpenUpload } from '../../journal/fold.ts'
import type { PartRecord } from '../../journal/record.ts'
import type { ListedPart } from '../../oss/list-parts.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import type { Plan } from '../../plan/plan-parts.ts'
import type { Identity } from '../../ports.ts'
import type { ProgressTracker } from '../../progress/tracker.ts'
import type { Connections } from '../../schedule/connections.ts'
import type { Run } from './run.ts'

/** The content of one upload, before its checkpoint is open. */
export interface Content {
  /** True if two calls with the same source and destination are one upload. */
  readonly isShared: boolean
  /**
   * Looks at the content, before the first request.
   * @returns true if it is sent in one PutObject: such an upload needs no checkpoint
   * @throws {SourceError}
   */
  look(progress: ProgressTracker, signal: AbortSignal): Promise<boolean>
  /** Called once, after `look` and when the checkpoint is open. @param connections the connections it may use */
  stepsOf(run: Run, connections: Connections): ContentSteps
  /** Called when nothing more is read. */
  close(): Promise<void>
}

/** The object of this upload, which is stored. */
export interface Stored {
  readonly object: StoredObject & { readonly isFound?: true }
  /** Bytes. */
  readonly size: number
  readonly crc64: bigint
  /** 0 for an object of one PutObject. */
  readonly parts: number
}

/** An unfinished upload at OSS, compared with the content. */
export interface Match {
  readonly partSize: number
  /** The number of parts with equal bytes, as far as that can be known now. */
  readonly partsEqual: number
  /** Records of parts that were compared. */
  readonly records: readonly PartRecord[]
}

/** The steps of an upload that differ between the kinds of content. */
export interface ContentSteps {
  /** True if all bytes can still be sent from the first one. */
  readonly canStartOver: boolean
  /** True if it is sent in one PutObject. */
  readonly isWhole: boolean
  /** For the journal, as last seen. */
  readonly identity: Identity
  /** The expected number of bytes, by which `auto` chooses a part size. */
  readonly sizeHint: number
  /** Looks at the source again. */
  refresh(): Promise<void>
  /** Finds the object that another owner stored, for whose end this upload waited. */
  findObjectOfOwner(): Promise<Stored | undefined>
  /** Compares an unfinished upload of the key with the content. `undefined`: no part is equal. */
  match(
    listed: ReadonlyMap<number, ListedPart>,
    partSize: number | undefined,
  ): Promise<Match | undefined>
  /** Finds the object if the journal lost all records of its upload. */
  findUnrecorded(): Promise<Stored | undefined>
  /** Finds the object if OSS does not know the upload id any more. */
  findAfterDeath(): Promise<Stored | undefined>
  /** True if the content has exactly the bytes of an object. */
  hasBytesOf(object: Pick<Stored, 'size' | 'crc64'>): Promise<boolean>
  /** Sends all bytes in one PutObject. */
  putWhole(): Promise<Stored>
  /**
   * Makes the checkpoint agree with OSS and the content, before an earlier upload continues.
   * @returns the parts that are kept, and the missing ones as far as they are known
   * @throws {OssError} `NoSuchUpload`
   */
  resume(upload: OpenUpload): Promise<Pick<Plan<ConfirmedPart>, 'kept' | 'missing'>>
  /**
   * Sends all parts that are missing, and compares the source with what was sent.
   * @returns why another round is needed; `undefined` if all bytes are at OSS
   */
  send(upload: OpenUpload): Promise<string | undefined>
  /** Drops parts that OSS does not have, or has differently. */
  reconcile(upload: OpenUpload): Promise<void>
}
