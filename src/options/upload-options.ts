// The options of an upload: their meaning, defaults and limits, in one place. They are checked here
// once; inside, they are complete.

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

/** How an upload is done. All of them may be left out. */
export interface UploadOptions extends AttemptOptions {
  /**
   * Where progress is kept, so that the same call continues after a crash. `false` keeps none: an
   * upload that fails is aborted and begins anew.
   * @default a directory of the runtime's choice; on Node.js `~/.ossup/checkpoints`
   * Source: `store` of oss2's `resumable_upload`.
   */
  checkpoint?: JournalStore | false | undefined
  /**
   * Sources of at least this size are sent in parts; smaller ones as one PutObject, which has
   * nothing to resume.
   * Unit: bytes, 0 to 5,368,709,120 (the limit of PutObject).
   * @default 10_485_760 (10 MiB)
   * @throws {OptionError} `INVALID_MULTIPART_THRESHOLD` outside that range.
   */
  multipartThreshold?: number | undefined
  /**
   * Size of every part but the last, or `auto`: chosen while the upload runs, so that a part takes
   * about 10 s; smaller where connections break and towards the end. Streams are cut into parts of
   * 8 MiB with `auto`. Raised when the object would need more than 10,000 parts. An upload that is
   * continued keeps the parts it has.
   * Unit: bytes, 102,400 to 5,368,709,120.
   * @default 'auto'
   * @throws {OptionError} `INVALID_PART_SIZE` outside that range.
   * Source: OSS limits for UploadPart; docs/internals/decisions/0004-auto.md.
   */
  partSize?: number | 'auto' | undefined
  /**
   * Parts sent at the same time, each over its own connection, or `auto`: from 2 to 128, as many as
   * make the upload faster; all uploads of the process with `auto` share them. A stream's parts wait
   * in memory: with `auto` no more of them than 64 MiB hold, but at least 2.
   * Range: 1 to 256.
   * @default 'auto'
   * @throws {OptionError} `INVALID_CONCURRENCY` outside that range.
   * Source: docs/internals/decisions/0004-auto.md.
   */
  concurrency?: number | 'auto' | undefined
  /** Most bytes sent a second, all parts together. @default unlimited. @throws {OptionError} `INVALID_BANDWIDTH` below 1,024. */
  bandwidth?: number | undefined
  /** Stops the upload at once, keeps the checkpoint, and rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Told of progress: at most every 100 ms, once at the end, never after the promise has settled. */
  onProgress?: ((snapshot: ProgressSnapshot) => void) | undefined
  /** Told of single events (a retry and its reason, a part confirmed, a resume), for logs and live views. */
  onEvent?: ((event: UploadEvent) => void) | undefined
  /** @default what the extension of the key, else of the source's name, stands for; else `application/octet-stream` */
  contentType?: string | undefined
  /** User metadata, stored as `x-oss-meta-*`. Names: letters, digits and hyphens, kept in lower case; 8 KiB in all. */
  metadata?: Readonly<Record<string, string>> | undefined
  /** Further request headers that OSS stores with the object or obeys: `cache-control`, `x-oss-*`. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Object tags, at most 10. */
  tags?: Readonly<Record<string, string>> | undefined
  /** How OSS keeps the object. @default the bucket's */
  storageClass?: 'Standard' | 'IA' | 'Archive' | 'ColdArchive' | 'DeepColdArchive' | undefined
  /** Who may read the object. @default `default`: the bucket's */
  acl?: 'default' | 'private' | 'public-read' | 'public-read-write' | undefined
  /** Server-side encryption. */
  encryption?: 'AES256' | 'KMS' | 'SM4' | undefined
  /**
   * Refuse to replace an object that exists. OSS ignores this in a bucket whose versioning is enabled or
   * suspended: the upload fails there with `FORBID_OVERWRITE_IGNORED` if the credentials may ask
   * (`oss:GetBucketVersioning`), and looks for the object itself otherwise; see `forbidOverwrite` of the result.
   * @default false
   */
  forbidOverwrite?: boolean | undefined
  /** The callback that OSS makes once the object is stored, as JSON or as the parsed object. */
  callback?: string | Readonly<Record<string, unknown>> | undefined
  /** Variables of the callback; names begin with `x:`. */
  callbackVariables?: string | Readonly<Record<string, string>> | undefined
  /**
   * `auto` trusts size and times of a file that had time to settle; `always` hashes the local bytes
   * of all confirmed parts again before they are kept and before Complete.
   * @default 'auto'
   */
  verify?: 'auto' | 'always' | undefined
  /**
   * What a stream's length should be: a stream that ends elsewhere is a `SourceError`, so that a
   * producer that died is not taken for the end.
   * Unit: bytes.
   */
  expectedSize?: number | undefined
  /**
   * About how long a stream of unknown length may be. Raises the part size so that 10,000 parts are
   * enough; without it a stream may have 820 GiB.
   * Unit: bytes.
   */
  sizeHint?: number | undefined
  /**
   * Where no checkpoint is found, look for an unfinished upload of this key in the bucket and continue
   * it, also from another machine: parts that equal the local bytes are kept. Refused while a part is
   * younger than 15 minutes, since it may be running elsewhere; `force` takes it all the same. What the
   * object's headers were is not known then: those of the adopted upload stand. A source below
   * `multipartThreshold` goes as one request: the warning `ADOPT_UNUSED` says that nothing was looked for.
   * @default false
   */
  adopt?: boolean | 'force' | undefined
  /**
   * Wait for an owner of the same upload to end, instead of rejecting with `UPLOAD_BUSY`. If the object
   * that it stored is what this call would store, that is the result; a stream is sent all the same.
   * @default false
   */
  wait?: boolean | undefined
}

/** What an upload resolves to. */
export interface UploadResult {
  /** The bucket it is in. */
  readonly bucket: string
  /** The object's key. */
  readonly key: string
  /** Bytes of the object. */
  readonly size: number
  /** As OSS gave it, without quotes. Of an object sent in parts it is not the MD5. */
  readonly etag: string
  /** CRC-64 of the object in decimal, equal at both ends; `verified` says how it is known. */
  readonly crc64: string
  /**
   * `crc64`: OSS's own CRC-64 of the object equals that of the local bytes.
   * `none`: OSS gave no CRC-64 to compare.
   */
  readonly verified: 'crc64' | 'none'
  /** The version that was stored, in a bucket that keeps versions. */
  readonly versionId?: string
  /**
   * With `forbidOverwrite`: how far it was kept. OSS ignores it in a bucket whose versioning is enabled or
   * suspended, and only `oss:GetBucketVersioning` lets ossup notice that early.
   *
   * - `enforced`: OSS itself replaces no object.
   * - `checked`: OSS does not enforce it, or the credentials may not ask. No object existed just before this one
   *   was stored.
   * - `unchecked`: the same, and the credentials may not look for the object either.
   */
  readonly forbidOverwrite?: 'enforced' | 'checked' | 'unchecked'
  /** Of the request that stored it. */
  readonly requestId?: string
  /** With an upload in parts. */
  readonly uploadId?: string
  /** Parts the object was made of; 0 for a single PutObject. */
  readonly parts: number
  /** With `wait`: the owner that was waited for had stored this object, and nothing was sent. */
  readonly foundStored?: true
  /** What earlier runs had done and was not sent again. */
  readonly resumed: { readonly bytes: number; readonly parts: number }
  /** Body bytes that this run sent, repeats included. */
  readonly sentBytes: number
  /** Requests that had to be repeated in this run. */
  readonly retries: number
  /** With a callback: what it answered, or that it failed although the object is stored. */
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

/** Options as the engine sees them: checked, with every default filled in. */
export interface CompleteOptions extends ResolvedRetries {
  readonly checkpoint: JournalStore | false
  readonly multipartThreshold: number
  readonly partSize: number | 'auto'
  readonly concurrency: number | 'auto'
  readonly bandwidth: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((snapshot: ProgressSnapshot) => void) | undefined
  readonly onEvent: ((event: UploadEvent) => void) | undefined
  /** Headers that belong to the object: sent with PutObject and Initiate, and journaled. */
  readonly objectHeaders: Readonly<Record<string, string>>
  /** Headers that OSS takes with PutObject and Complete: ACL and callback. */
  readonly completeHeaders: Readonly<Record<string, string>>
  readonly forbidOverwrite: boolean
  readonly verify: 'auto' | 'always'
  readonly expectedSize: number | undefined
  readonly sizeHint: number | undefined
  readonly adopt: boolean | 'force'
  readonly wait: boolean
}

/** What each option may be, on any runtime. */
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
