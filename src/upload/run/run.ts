// What every step of one upload shares.

import type { OssupError } from '../../errors.ts'
import type { Checkpoint } from '../../journal/checkpoint.ts'
import type { CheckpointState } from '../../journal/fold.ts'
import type { CompleteOptions } from '../../options/upload-options.ts'
import type { OssClient } from '../../oss/client.ts'
import type { Clock, Random, Source } from '../../ports.ts'
import type { ProgressTracker } from '../../progress/tracker.ts'
import type { Bandwidth } from '../../schedule/bandwidth.ts'
import type { Line } from '../../schedule/line.ts'
import type { Requester } from '../../schedule/requester.ts'
import type { SharedLine } from './shared-line.ts'

/** Where an upload goes, and by what means. */
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
  /** With an upload that is one of many. */
  readonly shared?: SharedLine | undefined
}

export interface Run extends Job {
  /** Aborted when nobody waits for the upload any more. */
  readonly signal: AbortSignal
  readonly checkpoint: Checkpoint
  readonly progress: ProgressTracker
  readonly requester: Requester
  /** What the owner did that this run had waited for. */
  readonly witness?: Witness | undefined
  /** One limit for all requests; `undefined` without one. */
  readonly bandwidth: Bandwidth | undefined
}

/** What the owner was last seen to do. */
export type Witness = Pick<CheckpointState, 'ending'> & {
  readonly upload: NonNullable<CheckpointState['upload']>
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
  /** What another program left of the same upload. */
  readonly earlier: EarlierUpload | undefined
  /** The connections it may use. */
  readonly line: Line
}

/** The header that tells our object from another's where overwriting is forbidden. Contract, rule 4. */
export const nonceHeader = 'x-oss-meta-ossup-id'

/** A name that nobody else has: 16 hex digits. */
export function makeNonce(random: Random): string {
  let nonce = ''
  while (nonce.length < 16) nonce += Math.floor(random.next() * 16).toString(16)
  return nonce
}

/** Headers of PutObject and Initiate: those of the object and, without overwriting, the ones that guard it. */
export function headersOfObject(run: Run, nonce: string): Record<string, string> {
  const { objectHeaders, forbidOverwrite } = run.options
  return forbidOverwrite
    ? { ...objectHeaders, 'x-oss-forbid-overwrite': 'true', [nonceHeader]: nonce }
    : { ...objectHeaders }
}

/** Tells the user of something that did not stop the upload. */
export function warn(run: Run, code: string, error: OssupError | string): void {
  const message = typeof error === 'string' ? error : error.message
  run.progress.event({ type: 'warning', code, message })
}
