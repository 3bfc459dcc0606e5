// The arguments of an operation: the parsed request, and the parts of the server that the operation may use.

import type { Clock, Random } from '../../ports.ts'
import type { KeyPair, KeyRing } from '../auth/keys.ts'
import type { Address } from '../http/address.ts'
import { OssFault } from '../http/errors.ts'
import type { ServerRequest, ServerResponse } from '../http/http.ts'
import type { Query } from '../http/target.ts'
import type { Unconfirmed } from '../rules/unconfirmed.ts'
import type { BucketRecord, CorsRule } from '../store/records.ts'
import type { ObjectStore } from '../store/store.ts'
import type { CallbackSender } from './callback-request.ts'
import type { UploadActivity } from './upload-activity.ts'

/** The settings of the server, the same for all requests. */
export interface Rules {
  /** Region id, without `oss-`. */
  readonly region: string
  /** Minimum size of every part but the last, checked at Complete. Bytes. */
  readonly partSizeMin: number
  /** How long the work of Complete takes, milliseconds. Called once for each Complete. */
  readonly completeMs: () => number
  /** Whether the server creates a bucket when it is first used. */
  readonly createBuckets: boolean
  /** CORS rules that apply to every bucket, after the bucket's own rules. */
  readonly corsRules: readonly CorsRule[]
  readonly unconfirmed: Unconfirmed
}

export interface Context {
  readonly request: ServerRequest
  readonly query: Query
  readonly address: Address
  /** The bucket's name; empty for operations on the service. */
  readonly bucket: string
  /** The key; empty for operations on the service or a bucket. */
  readonly key: string
  /** The bucket's record. Absent for operations on the service, and for operations that create the bucket. */
  readonly record?: BucketRecord
  /** The key pair of the caller; absent for anonymous requests. */
  readonly caller?: KeyPair
  readonly keys: KeyRing
  /** Throws AccessDenied unless the caller may use the action on this bucket or on the named one. */
  readonly authorize: (
    action: string,
    target?: { readonly bucket: string; readonly key: string; readonly versionId?: string },
  ) => Promise<void>
  readonly rules: Rules
  readonly store: ObjectStore
  readonly clock: Clock
  readonly random: Random
  readonly activity: UploadActivity
  readonly sendCallback?: CallbackSender
}

/** Performs one operation. Throws an `OssFault` to refuse it. */
export type Operation = (context: Context) => Promise<ServerResponse>

/** Returns the record of the bucket that the operation works on. */
export function bucketOf(context: Context): BucketRecord {
  if (context.record) return context.record
  throw new OssFault('NoSuchBucket', { extra: { BucketName: context.bucket } })
}

/** Returns random upper-case hex digits. */
export function randomHex(random: Random, digits: number): string {
  let text = ''
  while (text.length < digits) text += Math.floor(random.next() * 16).toString(16)
  return text.toUpperCase()
}
