// The options of an upload: their meaning, defaults and limits, in one place. This file checks them once, so other
// code can rely on complete options.

import { objectSizeMax, partSizeMax, partSizeMin, putSizeMax } from '../limits.ts'
import type { JournalStore } from '../ports.ts'
import type { ProgressSnapshot } from '../progress/snapshot.ts'
import type { UploadEvent } from '../progress/upload-event.ts'
import { checkOptions, type RulesOf } from '../validation/check-options.ts'
import { or } from '../validation/rule.ts'
import {
  abortSignal,
  aFunction,
  oneOf,
  trueOrFalse,
  wholeNumber,
  withMethods,
} from '../validation/rules.ts'
import { foreignUploadOptions } from './foreign-names.ts'
import { completeHeaders, objectHeaders } from './object-headers.ts'
import {
  callback,
  callbackVariables,
  contentType,
  headers,
  metadata,
  tags,
} from './object-rules.ts'
import {
  type AttemptOptions,
  type ResolvedRetries,
  resolveRetries,
  retryRules,
} from './retry-options.ts'

/** Options of an upload. All of them may be left out. */
export interface UploadOptions extends AttemptOptions {
  /**
   * Where to keep checkpoints, so that the same call resumes the upload after a crash. `false` keeps no checkpoint:
   * an upload that fails is aborted, and the next call starts from zero.
   * @default a directory of the runtime's choice; on Node.js `~/.ossup/checkpoints`
   * Source: `store` of oss2's `resumable_upload`.
   */
  checkpoint?: JournalStore | false | undefined
  /**
   * Sources of at least this size are sent in parts. Smaller sources are sent in one PutObject request, which cannot
   * be resumed.
   * Unit: bytes, 0 to 5,368,709,120 (the limit of PutObject).
   * @default 10_485_760 (10 MiB)
   * @throws {OptionError} `INVALID_MULTIPART_THRESHOLD` outside that range.
   */
  multipartThreshold?: number | undefined
  /**
   * Size of every part but the last, or `auto`. With `auto`, ossup chooses the size during the upload, so that a part
   * takes about 10 s. Parts are smaller if connections break, and towards the end. Streams are split into parts of 8
   * MiB with `auto`. The size is raised if the object would need more than 10,000 parts. A resumed upload keeps the
   * parts it has.
   * Unit: bytes, 102,400 to 5,368,709,120.
   * @default 'auto'
   * @throws {OptionError} `INVALID_PART_SIZE` outside that range.
   * Source: OSS limits for UploadPart; docs/internals/decisions/0004-auto.md.
   */
  partSize?: number | 'auto' | undefined
  /**
   * Number of parts sent at the same time, each over its own connection, or `auto`. With `auto`, ossup uses 2 to 128
   * connections, as many as make the upload faster. All uploads of the process with `auto` share them. The parts of a
   * stream wait in memory: with `auto`, they take at most 64 MiB, but at least 2 parts.
   * Range: 1 to 256.
   * @default 'auto'
   * @throws {OptionError} `INVALID_CONCURRENCY` outside that range.
   * Source: docs/internals/decisions/0004-auto.md.
   */
  concurrency?: number | 'auto' | undefined
  /**
   * Maximum number of bytes sent per second, all parts together. @default unlimited. @throws {OptionError}
   * `INVALID_BANDWIDTH` below 1,024.
   */
  bandwidth?: number | undefined
  /** Stops the upload at once, keeps the checkpoint, and rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Called with the progress: at most every 100 ms, once at the end of a success, and never after the promise has settled. */
  onProgress?: ((snapshot: ProgressSnapshot) => void) | undefined
  /** Called for single events (a retry and its reason, a confirmed part, a resume), for logs and live views. */
  onEvent?: ((event: UploadEvent) => void) | undefined
  /**
   * The type of the content.
   * @default the type for the extension of the key, else of the source's name; else
   * `application/octet-stream`
   */
  contentType?: string | undefined
  /**
   * User metadata, stored as `x-oss-meta-*`. Names: letters, digits and hyphens, stored in lower case. At most 8 KiB
   * in total.
   */
  metadata?: Readonly<Record<string, string>> | undefined
  /** Other request headers that OSS stores with the object or obeys: `cache-control`, `x-oss-*`. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Object tags, at most 10. */
  tags?: Readonly<Record<string, string>> | undefined
  /** Storage class of the object. @default the bucket's */
  storageClass?: 'Standard' | 'IA' | 'Archive' | 'ColdArchive' | 'DeepColdArchive' | undefined
  /** Access rights of the object. @default `default`: the bucket's */
  acl?: 'default' | 'private' | 'public-read' | 'public-read-write' | undefined
  /** Server-side encryption. */
  encryption?: 'AES256' | 'KMS' | 'SM4' | undefined
  /**
   * Refuse to replace an existing object. OSS ignores this in a bucket whose versioning is enabled or suspended.
   * There, the upload fails with `FORBID_OVERWRITE_IGNORED` if the credentials may read the versioning
   * (`oss:GetBucketVersioning`). Otherwise the upload looks for the object itself. See `forbidOverwrite` of the
   * result.
   * @default false
   */
  forbidOverwrite?: boolean | undefined
  /** The callback that OSS sends once the object is stored, as a JSON string or as an object. */
  callback?: string | Readonly<Record<string, unknown>> | undefined
  /** Variables of the callback. Their names start with `x:`. */
  callbackVariables?: string | Readonly<Record<string, string>> | undefined
  /**
   * `auto` trusts size and times of a file that was not changed recently. `always` hashes the local bytes of all
   * confirmed parts again, before a resume keeps them and before Complete.
   * @default 'auto'
   */
  verify?: 'auto' | 'always' | undefined
  /**
   * The expected length of a stream. If the stream ends at another length, the upload fails with a `SourceError`. So
   * a producer that crashed does not leave a short object.
   * Unit: bytes.
   */
  expectedSize?: number | undefined
  /**
   * The approximate length of a stream of unknown length. Raises the part size so that 10,000 parts are enough.
   * Without it, a stream may have at most 820 GiB.
   * Unit: bytes.
   */
  sizeHint?: number | undefined
  /**
   * If no checkpoint is found, look in the bucket for an unfinished upload of this key and resume it, also if another
   * machine started it. Parts that equal the local bytes are kept. The call is refused while a part is less than 15
   * minutes old, because another process may still send it; `force` skips this check. The object headers of the
   * adopted upload are kept, because OSS does not list them. A source below `multipartThreshold` is sent in one
   * request: the warning `ADOPT_UNUSED` then says that ossup did not look for an upload.
   * @default false
   */
  adopt?: boolean | 'force' | undefined
  /**
   * Wait until another owner of the same upload ends, instead of rejecting with `UPLOAD_BUSY`. If that owner stored
   * the same object that this call would store, the call returns that object. A stream is sent in any case.
   * @default false
   */
  wait?: boolean | undefined
}

/** The result of an upload. */
export interface UploadResult {
  /** The object's bucket. */
  readonly bucket: string
  /** The object's key. */
  readonly key: string
  /** Size of the object in bytes. */
  readonly size: number
  /** The ETag that OSS returned, without quotes. For an object sent in parts, it is not the MD5. */
  readonly etag: string
  /** CRC-64 of the object, in decimal. `verified` says whether OSS's CRC-64 was compared. */
  readonly crc64: string
  /**
   * `crc64`: OSS's own CRC-64 of the object equals the CRC-64 of the local bytes.
   * `none`: OSS returned no CRC-64 to compare.
   */
  readonly verified: 'crc64' | 'none'
  /** Version id of the stored object, in a bucket that keeps versions. */
  readonly versionId?: string
  /**
   * With `forbidOverwrite`: how an overwrite was prevented. OSS ignores the header in a bucket whose versioning is
   * enabled or suspended, and ossup can detect that early only with `oss:GetBucketVersioning`.
   *
   * - `enforced`: OSS itself refuses to replace an object.
   * - `checked`: OSS does not enforce it, or the credentials may not read the versioning. No object existed just
   *   before this object was stored.
   * - `unchecked`: as `checked`, but the credentials may not look for the object either.
   */
  readonly forbidOverwrite?: 'enforced' | 'checked' | 'unchecked'
  /** OSS's id of the request that stored the object. */
  readonly requestId?: string
  /** Id of the multipart upload, if the object was sent in parts. */
  readonly uploadId?: string
  /** Number of parts of the object; 0 for a single PutObject. */
  readonly parts: number
  /** With `wait`: another owner had stored this object, and this call sent nothing. */
  readonly foundStored?: true
  /** Bytes and parts that earlier runs had sent, so this run did not send them again. */
  readonly resumed: { readonly bytes: number; readonly parts: number }
  /** Body bytes that this run sent, including repeated ones. */
  readonly sentBytes: number
  /** Number of requests that had to be repeated in this run. */
  readonly retries: number
  /** With a callback: the application's answer, or the fact that the callback failed although the object is stored. */
  readonly callback?: {
    readonly ok: boolean
    readonly status: number
    readonly body: string
  }
}

export const defaultMultipartThreshold = 10 * 1024 ** 2
export const defaultPartSize = 'auto'
export const defaultConcurrency = 'auto'
const defaultContentType = 'application/octet-stream'
const concurrencyMax = 256
const bandwidthMin = 1024

/** Options as the engine uses them: checked, with every default filled in. */
export interface CompleteOptions extends ResolvedRetries {
  readonly checkpoint: JournalStore | false
  readonly multipartThreshold: number
  readonly partSize: number | 'auto'
  readonly concurrency: number | 'auto'
  readonly bandwidth: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((snapshot: ProgressSnapshot) => void) | undefined
  readonly onEvent: ((event: UploadEvent) => void) | undefined
  /** Headers that belong to the object. They are sent with PutObject and Initiate, and stored in the journal. */
  readonly objectHeaders: Readonly<Record<string, string>>
  /** Headers that OSS accepts with PutObject and Complete: ACL and callback. */
  readonly completeHeaders: Readonly<Record<string, string>>
  readonly forbidOverwrite: boolean
  readonly verify: 'auto' | 'always'
  readonly expectedSize: number | undefined
  readonly sizeHint: number | undefined
  readonly adopt: boolean | 'force'
  readonly wait: boolean
}

/** The rules for each option, on every runtime. */
export const uploadRules = {
  checkpoint: or(
    false,
    withMethods<JournalStore>('a store with open, list and read', 'open', 'list', 'read'),
  ),
  multipartThreshold: wholeNumber(0, putSizeMax),
  partSize: or('auto', wholeNumber(partSizeMin, partSizeMax)),
  concurrency: or('auto', wholeNumber(1, concurrencyMax)),
  bandwidth: wholeNumber(bandwidthMin, Number.MAX_SAFE_INTEGER),
  signal: abortSignal,
  onProgress: aFunction<(snapshot: ProgressSnapshot) => void>(),
  onEvent: aFunction<(event: UploadEvent) => void>(),
  contentType,
  metadata,
  headers,
  tags,
  storageClass: oneOf('Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'),
  acl: oneOf('default', 'private', 'public-read', 'public-read-write'),
  encryption: oneOf('AES256', 'KMS', 'SM4'),
  forbidOverwrite: trueOrFalse,
  callback,
  callbackVariables,
  verify: oneOf('auto', 'always'),
  expectedSize: wholeNumber(0, objectSizeMax),
  sizeHint: wholeNumber(0, objectSizeMax),
  adopt: oneOf<boolean | 'force'>(true, false, 'force'),
  wait: trueOrFalse,
  ...retryRules,
} satisfies RulesOf<UploadOptions>

const subject = { name: 'options', foreign: foreignUploadOptions } as const

/**
 * Checks an upload's options and fills in the defaults.
 * @throws {OptionError} naming the option, the value and the allowed values.
 */
export function completeOptions(
  given: UploadOptions,
  defaults: { checkpoint: JournalStore | false; contentType?: string },
): CompleteOptions {
  const options = checkOptions(uploadRules, given, subject)
  return {
    checkpoint: options.checkpoint ?? defaults.checkpoint,
    multipartThreshold: options.multipartThreshold ?? defaultMultipartThreshold,
    partSize: options.partSize ?? defaultPartSize,
    concurrency: options.concurrency ?? defaultConcurrency,
    bandwidth: options.bandwidth ?? 0,
    signal: options.signal,
    onProgress: options.onProgress,
    onEvent: options.onEvent,
    objectHeaders: objectHeaders(options, defaults.contentType ?? defaultContentType),
    completeHeaders: completeHeaders(options),
    forbidOverwrite: options.forbidOverwrite ?? false,
    verify: options.verify ?? 'auto',
    expectedSize: options.expectedSize,
    sizeHint: options.sizeHint,
    adopt: options.adopt ?? false,
    wait: options.wait ?? false,
    ...resolveRetries(options),
  }
}
