// What a walk over the sources of a batch comes by, one by one, in the order of the keys.

import type { OssupError } from '../errors.ts'
import type { Identity, Source } from '../ports.ts'

export type Found = FoundFile | FoundOther | FoundFault

interface Place {
  /** For people and for records: how the file was come by, as `photos/2024/a.jpg`. */
  readonly path: string
  /** Of the object that it becomes, or would have become. */
  readonly key: string
}

/** A file to be uploaded. */
export interface FoundFile extends Place {
  readonly kind: 'file'
  /** What makes it the same source in every run: its absolute path. */
  readonly id: string
  /** As it was when it was found. */
  readonly identity: Identity
  open(): Promise<Source>
}

/** Why something that was found is not a file to upload. */
export type SkipReason = 'symlink' | 'loop' | 'folder' | 'fifo' | 'socket' | 'device'

export interface FoundOther extends Place {
  readonly kind: 'other'
  readonly reason: SkipReason
}

/** Something that would have to be uploaded, and cannot. */
export interface FoundFault extends Place {
  readonly kind: 'fault'
  readonly error: OssupError
}
