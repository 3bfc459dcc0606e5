// The items that a walk over the sources of a batch finds, one by one, in the order of the keys.

import type { OssupError } from '../errors.ts'
import type { Identity, Source } from '../ports.ts'

export type Found = FoundFile | FoundOther | FoundFault

interface Place {
  /** The path that leads to the file, for people and reports: `photos/2024/a.jpg`. */
  readonly path: string
  /** The key of the object that the file becomes. */
  readonly key: string
}

/** A file to be uploaded. */
export interface FoundFile extends Place {
  readonly kind: 'file'
  /** The absolute path. It identifies the source in every run. */
  readonly id: string
  /** The file's identity when the walk found it. */
  readonly identity: Identity
  open(): Promise<Source>
}

/** Why a found item is not a file to upload. */
export type SkipReason = 'symlink' | 'loop' | 'folder' | 'fifo' | 'socket' | 'device'

export interface FoundOther extends Place {
  readonly kind: 'other'
  readonly reason: SkipReason
}

/** A file that should be uploaded but cannot be. */
export interface FoundFault extends Place {
  readonly kind: 'fault'
  readonly error: OssupError
}
