// Every error that leaves this library. Match on `code`, never on the message: messages are sentences
// for people, put together in `describe`, and say what happened, to what, why, and what to do next.

import { isError } from './foreign/error.ts'

/** Where an error keeps the kinds that it is of, for other copies of this library and other realms. */
const brand = Symbol.for('ossup.error')

/** What an error knows beside its message. */
export interface ErrorDetails {
  /** What to do next, as a sentence. */
  readonly hint?: string
  readonly cause?: unknown
  /** Sending the same again may succeed. */
  readonly retryable?: boolean
  /** The checkpoint is kept: the same call continues. */
  readonly resumable?: boolean
  /** How often it was tried, from 1. */
  readonly attempts?: number
  /** OSS operation: `UploadPart`. */
  readonly operation?: string
  readonly bucket?: string
  readonly key?: string
  readonly partNumber?: number
  readonly uploadId?: string
}

/**
 * The base of all errors of this library. `instanceof` goes by `kind`, so it also holds for errors of another
 * installed copy and of another realm.
 */
export class OssupError extends Error {
  /** The name of the class. Unlike `name`, it survives a bundler that shortens names. */
  static readonly kind: string = 'OssupError'
  /** Stable: what to match on. Of an `OssError` it is OSS's own. */
  readonly code: string
  /** What to do next, as a sentence; part of the message as well. */
  readonly hint: string | undefined
  /** Sending the same again may succeed. Set, like `attempts`, by the scheduler that gave up. */
  retryable: boolean
  /** How often it was tried, from 1; where there was more than one. */
  attempts: number | undefined
  /** As OSS names it: `UploadPart`. */
  operation: string | undefined
  /** Where it happened, as far as that is known. */
  bucket: string | undefined
  /** What it happened to. */
  key: string | undefined
  /** Of an upload in parts. */
  partNumber: number | undefined
  /** Of an upload in parts. */
  uploadId: string | undefined
  /** The checkpoint is kept: the same call continues. Set by the upload when it gives up. */
  resumable: boolean

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(
      describe(message, details),
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.name = new.target.name
    this.code = code
    this.hint = details.hint
    this.retryable = details.retryable ?? false
    this.resumable = details.resumable ?? false
    this.attempts = details.attempts
    this.operation = details.operation
    this.bucket = details.bucket
    this.key = details.key
    this.partNumber = details.partNumber
    this.uploadId = details.uploadId
    Object.defineProperty(this, brand, { value: kindsOf(new.target) })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: of a subclass, which inherits this, it is the subclass
    return isOfClass(value, this)
  }

  /** Says what it happened to, if it does not yet: a transport knows nothing of operations and keys. */
  happenedAt(details: ErrorDetails): this {
    if (this.operation !== undefined || details.operation === undefined) return this
    this.message = `${placeOf(details)}: ${this.message}`
    this.operation = details.operation
    this.bucket = details.bucket
    this.key = details.key
    this.partNumber = details.partNumber
    this.uploadId = details.uploadId
    return this
  }

  /** Marks a fault that outlived its attempts; told in the message too. */
  gaveUpAfter(attempts: number, retryable: boolean): this {
    if (attempts > 1 && this.attempts === undefined) this.message += ` (${attempts} attempts)`
    this.attempts = attempts
    this.retryable = retryable
    return this
  }

  /** The fields as plain data: `structuredClone` and loggers drop what an Error carries beside its message. */
  toJSON(): Record<string, unknown> {
    const { name, message, stack: _stack, cause: _cause, ...fields } = { ...this }
    return { name: this.name, message: this.message, ...fields }
  }
}

/** An option, bucket name or key that cannot be used. Nothing was sent. */
export class OptionError extends OssupError {
  static override readonly kind: string = 'OptionError'
}

/** The file, bytes or stream to upload: missing, not readable, or changed under the upload. */
export class SourceError extends OssupError {
  static override readonly kind: string = 'SourceError'
}

/** No credentials, or none to be had. */
export class CredentialsError extends OssupError {
  static override readonly kind: string = 'CredentialsError'
}

/** The journal: not writable, damaged beyond use, of a newer version, or owned by another process. */
export class JournalError extends OssupError {
  static override readonly kind: string = 'JournalError'
}

/** Where bytes are to go, a file or standard output: not writable, no room, or taken already. */
export class TargetError extends OssupError {
  static override readonly kind: string = 'TargetError'
}

/** What was stored is not what was sent, or may not be. */
export class IntegrityError extends OssupError {
  static override readonly kind: string = 'IntegrityError'
}

/** OSS holds another state than the upload needs: overwritten elsewhere, or Complete's outcome unknown. */
export class StateError extends OssupError {
  static override readonly kind: string = 'StateError'
}

/** No answer, or half of one. `sent` tells whether OSS can have seen the request at all. */
export class NetworkError extends OssupError {
  static override readonly kind: string = 'NetworkError'
  /** `nothing`: not a byte left this machine, so even Initiate may be sent again. */
  readonly sent: 'nothing' | 'maybe'
  /** There is no host of that name, or nobody listens there: a wrong address more often than an outage. */
  readonly nobodyThere: boolean

  constructor(
    code:
      | 'CONNECT_FAILED'
      | 'CONNECTION_LOST'
      | 'STALLED'
      | 'TLS_FAILED'
      | 'PROXY_REFUSED'
      | 'BAD_ANSWER',
    message: string,
    details: ErrorDetails & { sent: 'nothing' | 'maybe'; nobodyThere?: boolean },
  ) {
    const isLasting = code === 'TLS_FAILED' || code === 'PROXY_REFUSED'
    super(code, message, { retryable: !isLasting, ...details })
    this.sent = details.sent
    this.nobodyThere = details.nobodyThere ?? false
  }
}

/** What a refusal by OSS tells. */
export interface OssErrorDetails extends ErrorDetails {
  readonly status: number
  readonly requestId?: string
  readonly ec?: string
  /** OSS's own time when it answered, epoch milliseconds, from `ServerTime` or the Date header. */
  readonly serverTime?: number
  /** How long OSS asks to wait, milliseconds (`x-oss-qos-delay-time`, `Retry-After`). */
  readonly retryAfterMs?: number
  /** Further elements of the error document: `BucketName`, `Endpoint`, `MinSizeAllowed`. */
  readonly extra?: Readonly<Record<string, string>>
}

/** OSS answered with an error; `code` is OSS's own `Code`. */
export class OssError extends OssupError {
  static override readonly kind: string = 'OssError'
  /** HTTP status. */
  readonly status: number
  /** OSS's name for the request: what its support asks for. */
  readonly requestId: string | undefined
  /** OSS's error code in detail, such as `0003-00000001`: its documents list them. */
  readonly ec: string | undefined
  /** OSS's own time when it answered, epoch milliseconds. */
  readonly serverTime: number | undefined
  /** How long OSS asks to wait, milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Further elements of the error document: `BucketName`, `Endpoint`. */
  readonly extra: Readonly<Record<string, string>>

  constructor(code: string, message: string, details: OssErrorDetails) {
    super(code, message, details)
    this.status = details.status
    this.requestId = details.requestId
    this.ec = details.ec
    this.serverTime = details.serverTime
    this.retryAfterMs = details.retryAfterMs
    this.extra = details.extra ?? {}
  }
}

/** True for errors of this library, also of another installed copy of it. */
export function isOssupError(error: unknown): error is OssupError {
  return isError(error) && brand in error
}

function isOfClass(value: unknown, type: typeof OssupError): boolean {
  // A class of the caller's own has no kind of its own: only its prototype chain can tell.
  if (!Object.hasOwn(type, 'kind')) return Function.prototype[Symbol.hasInstance].call(type, value)
  if (!isOssupError(value)) return false
  const kinds: unknown = Reflect.get(value, brand)
  return Array.isArray(kinds) && kinds.includes(type.kind)
}

/** The kinds of a class: its own and those of the classes that it extends. */
function kindsOf(given: typeof OssupError): readonly string[] {
  const kinds: string[] = []
  for (let one = given; 'kind' in one; one = Object.getPrototypeOf(one)) {
    if (Object.hasOwn(one, 'kind')) kinds.push(one.kind)
  }
  return kinds
}

function describe(message: string, details: ErrorDetails): string {
  const where = placeOf(details)
  const head = where === '' ? message : `${where}: ${message}`
  return details.hint === undefined ? head : `${head}. ${details.hint}`
}

/** Operation, part and object, as far as they are known: `UploadPart part 17 of video.mp4`. */
function placeOf({ operation, partNumber, bucket, key }: ErrorDetails): string {
  const what = [operation, partNumber === undefined ? undefined : `part ${partNumber}`]
    .filter(word => word !== undefined)
    .join(' ')
  if (key !== undefined) return what === '' ? key : `${what} of ${key}`
  return [what, bucket].filter(word => word).join(' ')
}
