// The types that all steps of one upload share.

import type { OssupError } from '../../errors.ts'
import type { Checkpoint } from '../../journal/checkpoint.ts'
import type { CheckpointState, OpenUpload } from '../../journal/fold.ts'
import type { CompleteOptions } from '../../options/upload-options.ts'
import type { OssClient } from '../../oss/client.ts'
import type { BindContext, Clock, Random, Source } from '../../ports.ts'
import type { ProgressTracker } from '../../progress/tracker.ts'
import type { Bandwidth } from '../../schedule/bandwidth.ts'
import type { Requester } from '../../schedule/requester.ts'
import type { SharedResources } from './shared-resources.ts'

/** The destination of an upload, its options, and the ports it uses. */
export interface Job {
  readonly client: OssClient
  readonly bucket: string
  readonly key: string
  readonly place: string
  /** The source's id and name: see `Source`. */
  readonly sourceId: string
  readonly sourceName: string
  readonly options: CompleteOptions
  readonly clock: Clock
  readonly random: Random
  readonly bindContext?: BindContext | undefined
  /** Set if the upload belongs to a batch. */
  readonly shared?: SharedResources | undefined
  /** The same upload, started by another program. It is continued after its parts were verified. */
  readonly earlier?: EarlierUpload | undefined
}

export interface Run extends Job {
  /** Aborted when the last caller has left. */
  readonly signal: AbortSignal
  readonly checkpoint: Checkpoint
  readonly progress: ProgressTracker
  readonly requester: Requester
  /** The last known state of the owner that this run waited for. */
  readonly previousOwner?: PreviousOwner | undefined
  /** Limits the bytes per second of all requests; `undefined` if there is no limit. */
  readonly bandwidth: Bandwidth | undefined
  /** True once OSS gave no CRC-64 to compare: requests carry Content-MD5 from then on. */
  readonly checksums: { needMd5: boolean }
  /** An upload id that `recover` found. Its headers are only assumed until its object shows them. */
  readonly found: { uploadId: string | undefined; hasOtherHeaders: boolean }
  /** How far `forbidOverwrite` holds in this bucket, as known by now. */
  readonly overwriting: Overwriting
}

export interface Overwriting {
  /** False: OSS may ignore `forbidOverwrite`, so the object has to be looked for before it is stored. */
  isEnforced: boolean
  /** HEAD was answered, so the credentials may look. */
  hasLooked: boolean
}

/** What the owner was last seen to do. */
export type PreviousOwner = Pick<CheckpointState, 'ending'> & { readonly upload: OpenUpload }

/**
 * The upload that was just journaled. Steps that need an upload id take an `OpenUpload` as a parameter: only the
 * steps that begin, resume or adopt an upload look it up.
 */
export function openUpload({ checkpoint }: Pick<Run, 'checkpoint'>): OpenUpload {
  const { upload } = checkpoint.state
  if (upload === undefined) throw new Error('No upload was begun')
  return upload
}

/** An upload that another program began and left a record of. */
export interface EarlierUpload {
  readonly uploadId: string
  readonly partSize: number
  /** Removes the record, once the object is stored. */
  forget(): Promise<void>
}

/** An upload whose source can be read again. */
export interface SourceRun extends Run {
  readonly source: Source
}

/**
 * The mark of an upload: user metadata that no other object has. It proves after a lost answer that an object
 * is this upload's own, and not an older one with the same bytes. Contract, rule 4.
 */
export const nonceHeader = 'x-oss-meta-ossup-id'
/** OSS stores at most this many bytes of user metadata with an object. */
const metadataMax = 8192

/** Makes a name that no other upload has: 16 hex digits. */
export function makeNonce(random: Random): string {
  let nonce = ''
  while (nonce.length < 16) nonce += Math.floor(random.next() * 16).toString(16)
  return nonce
}

/** Headers of Initiate: those of the object, its mark, and the one that forbids to overwrite. */
export function headersOfUpload(run: Run, nonce: string): Record<string, string> {
  const { objectHeaders, forbidOverwrite } = run.options
  return {
    ...objectHeaders,
    ...(forbidOverwrite && { 'x-oss-forbid-overwrite': 'true' }),
    ...(hasRoomForMark(objectHeaders) && { [nonceHeader]: nonce }),
  }
}

/**
 * Headers of a PutObject: those of the object. The mark is needed only where a repeated request is refused
 * because of the object that the first one stored.
 */
export function headersOfWhole(run: Run, nonce: string): Record<string, string> {
  const { objectHeaders, forbidOverwrite } = run.options
  return forbidOverwrite ? headersOfUpload(run, nonce) : { ...objectHeaders }
}

function hasRoomForMark(headers: Readonly<Record<string, string>>): boolean {
  const prefix = 'x-oss-meta-'
  const own = nonceHeader.length - prefix.length + 16
  const encoder = new TextEncoder()
  const used = Object.entries(headers)
    .filter(([name]) => name.startsWith(prefix))
    .reduce(
      (sum, [name, value]) => sum + name.length - prefix.length + encoder.encode(value).length,
      0,
    )
  return used + own <= metadataMax
}

/** Reports a warning: a problem that did not stop the upload. */
export function warn(run: Run, code: string, error: OssupError | string): void {
  const message = typeof error === 'string' ? error : error.message
  run.progress.event({ type: 'warning', code, message })
}
