// Every error that leaves this library. Match on `code`, never on the message: `describe` builds `message` from the
// fields, for people to read. No code in this repository parses a message.

import { docsOf, type ErrorCode, type OssErrorCode, optionOf } from './errors/codes.ts'

export { type ErrorCode, errorCodes, invalidCode, type OssErrorCode } from './errors/codes.ts'

import { isError } from './foreign/error.ts'

/**
 * The property that lists the kinds of an error. Other copies of this library, and other realms, find it by this
 * symbol.
 */
const brand = Symbol.for('ossup.error')

/**
 * Returns how the reader of a hint writes an option: `partSize` for a caller of the library, `--part-size` for a user
 * of the command. Returns `undefined` if the reader has no such option.
 */
export type OptionNamer = (option: string) => string | undefined

/** Writes a hint that names options. */
export type HintWriter = (nameOf: OptionNamer) => string

/** The fields of an error other than its code and reason. */
export interface ErrorDetails {
  /** What to do next, as a sentence without a full stop. A function if it names options. */
  readonly hint?: string | HintWriter
  /** Names of the options that the error is about, such as `partSize`. */
  readonly options?: readonly string[]
  readonly cause?: unknown
  /** True if sending the same request again may succeed. */
  readonly retryable?: boolean
  /** The checkpoint is kept. The same call resumes the upload. */
  readonly resumable?: boolean
  /** Number of times the request was sent. */
  readonly attempts?: number
  /** Name of the OSS operation: `UploadPart`. */
  readonly operation?: string
  readonly bucket?: string
  readonly key?: string
  readonly partNumber?: number
  readonly uploadId?: string
}

/**
 * The base class of all errors of this library. `instanceof` compares `kind`, so it also works for errors of another
 * installed copy of the library and of another realm.
 */
export class OssupError extends Error {
  /** The name of the class. A minifier changes the class's own name, but not this string. */
  static readonly kind: string = 'OssupError'
  /** Stable code that programs can match on. An `OssError` has the code that OSS sent. */
  readonly code: ErrorCode | OssErrorCode
  /** What to do next, as a sentence. It is also the end of `message`. */
  readonly hint: string | undefined
  /** Names of the options that the error is about, such as `partSize`. Empty if the error is not about an option. */
  readonly options: readonly string[]
  /** True if sending the same request again may succeed. */
  retryable: boolean
  /** Number of times the request was sent; `undefined` if it was sent at most once. */
  attempts: number | undefined
  /** OSS's name of the operation that failed: `UploadPart`. */
  operation: string | undefined
  /** The bucket, if it is known. */
  bucket: string | undefined
  /** The object's key, if it is known. */
  key: string | undefined
  /** The part of a multipart upload that failed. */
  partNumber: number | undefined
  /** The id of the multipart upload. */
  uploadId: string | undefined
  /** The checkpoint is kept. The same call resumes the upload. */
  resumable: boolean
  readonly #reason: string
  readonly #hint: string | HintWriter | undefined

  constructor(code: ErrorCode | OssErrorCode, reason: string, details: ErrorDetails = {}) {
    super(
      describe(shorten(reason, details), write(details.hint, inLibrary)),
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.name = new.target.kind
    this.code = code
    this.hint = write(details.hint, inLibrary)
    this.options = details.options ?? []
    this.retryable = details.retryable ?? false
    this.resumable = details.resumable ?? false
    this.attempts = details.attempts
    this.operation = details.operation
    this.bucket = details.bucket
    this.key = details.key
    this.partNumber = details.partNumber
    this.uploadId = details.uploadId
    this.#reason = reason
    this.#hint = details.hint
    Object.defineProperty(this, brand, { value: kindsOf(new.target) })
  }

  /** Also true for errors of another installed copy of the package, and of another realm. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: of a subclass, which inherits this, it is the subclass
    return isOfClass(value, this)
  }

  /** What failed and why, without the hint. For programs that show the hint in another place. */
  get shortMessage(): string {
    return shorten(this.#reason, this)
  }

  /** Returns the hint. `nameOf` decides how the hint writes option names. */
  hintWith(nameOf: OptionNamer): string | undefined {
    return write(this.#hint, nameOf)
  }

  /** The section of this package's documents that explains the code. */
  get docs(): string {
    return docsOf(this.code)
  }

  /**
   * Adds the operation, bucket, key and part, unless the error has an operation already. A transport does not know
   * them.
   */
  withContext(details: ErrorDetails): this {
    if (this.operation !== undefined || details.operation === undefined) return this
    this.operation = details.operation
    this.bucket = details.bucket
    this.key = details.key
    this.partNumber = details.partNumber
    this.uploadId = details.uploadId
    return this.#describe()
  }

  /** Marks an error that is still there after the last attempt. */
  retriesExhausted(attempts: number, retryable: boolean): this {
    this.attempts = attempts
    this.retryable = retryable
    return this.#describe()
  }

  /** Updates `message`. It must be a plain property: `structuredClone` and loggers ignore getters. */
  #describe(): this {
    const { message: before, stack } = this
    this.message = describe(this.shortMessage, this.hint)
    if (stack !== undefined) this.stack = stack.replace(before, () => this.message)
    return this
  }

  /**
   * Returns the fields as plain data. Without this method, `structuredClone` and loggers would lose all fields but
   * the message.
   */
  toJSON(): Record<string, unknown> {
    const { name, message, stack: _stack, cause: _cause, ...fields } = { ...this }
    return { name: this.name, message: this.message, ...fields }
  }
}

/** An option, a bucket name or a key is not allowed. Nothing was sent. `options` names the option. */
export class OptionError extends OssupError {
  static override readonly kind: string = 'OptionError'

  constructor(code: ErrorCode, reason: string, details: ErrorDetails = {}) {
    super(code, reason, { options: optionOf(code), ...details })
  }
}

/** The file, bytes or stream to upload is missing, not readable, or changed during the upload. */
export class SourceError extends OssupError {
  static override readonly kind: string = 'SourceError'
}

/** Credentials are missing, or the source of credentials gives none. */
export class CredentialsError extends OssupError {
  static override readonly kind: string = 'CredentialsError'
}

/** The checkpoint is not writable, damaged, from a newer version, or in use by another process. */
export class JournalError extends OssupError {
  static override readonly kind: string = 'JournalError'
}

/** The target of a download (a file or standard output) is not writable, is full, or already exists. */
export class TargetError extends OssupError {
  static override readonly kind: string = 'TargetError'
}

/** The stored bytes differ, or may differ, from the bytes that were sent. */
export class IntegrityError extends OssupError {
  static override readonly kind: string = 'IntegrityError'
}

/**
 * The object or the upload in OSS is not in the state that the call needs: for example, another program replaced the
 * object, or the outcome of Complete is unknown.
 */
export class StateError extends OssupError {
  static override readonly kind: string = 'StateError'
}

/** OSS gave no answer, or only part of one. */
export class NetworkError extends OssupError {
  static override readonly kind: string = 'NetworkError'
  /**
   * `nothing`: no byte left this machine, so even Initiate may be sent again. `maybe`: OSS may have received the
   * request.
   */
  readonly sent: 'nothing' | 'maybe'
  /** The host does not exist, or no server listens there. The cause is more often a wrong address than an outage. */
  readonly nobodyThere: boolean

  constructor(
    code:
      | 'CONNECT_FAILED'
      | 'CONNECTION_LOST'
      | 'STALLED'
      | 'TLS_FAILED'
      | 'PROXY_REFUSED'
      | 'BAD_ANSWER'
      | 'NOT_OSS',
    reason: string,
    details: ErrorDetails & { sent: 'nothing' | 'maybe'; nobodyThere?: boolean },
  ) {
    const isLasting = code === 'TLS_FAILED' || code === 'PROXY_REFUSED'
    super(code, reason, { retryable: !isLasting, ...details })
    this.sent = details.sent
    this.nobodyThere = details.nobodyThere ?? false
  }
}

/** The fields of an error answer. */
export interface OssErrorDetails extends ErrorDetails {
  readonly status: number
  readonly requestId?: string
  readonly ec?: string
  /** OSS's time when it answered, from `ServerTime` or the Date header. Epoch milliseconds. */
  readonly serverTime?: number
  /** How long OSS asks the client to wait (`x-oss-qos-delay-time`, `Retry-After`). Milliseconds. */
  readonly retryAfterMs?: number
  /** Further elements of the error document: `BucketName`, `Endpoint`, `MinSizeAllowed`. */
  readonly extra?: Readonly<Record<string, string>>
}

/** OSS answered with an error. `code` is OSS's own `Code`. */
export class OssError extends OssupError {
  static override readonly kind: string = 'OssError'
  /** HTTP status. */
  readonly status: number
  /** OSS's id of the request. Alibaba Cloud support asks for it. */
  readonly requestId: string | undefined
  /** OSS's detailed error code, such as `0003-00000001`. */
  readonly ec: string | undefined
  /** When OSS answered, in epoch milliseconds of OSS's clock. */
  readonly serverTime: number | undefined
  /** How long OSS asks the client to wait. Milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Further elements of the error document: `BucketName`, `Endpoint`. */
  readonly extra: Readonly<Record<string, string>>

  constructor(code: string, reason: string, details: OssErrorDetails) {
    // OSS chooses its codes, so no list here can name them all.
    super(code as OssErrorCode, reason, details)
    this.status = details.status
    this.requestId = details.requestId
    this.ec = details.ec
    this.serverTime = details.serverTime
    this.retryAfterMs = details.retryAfterMs
    this.extra = details.extra ?? {}
  }
}

/** Returns true for errors of this library, and of another installed copy of it. */
export function isOssupError(error: unknown): error is OssupError {
  return isError(error) && brand in error
}

function isOfClass(value: unknown, type: typeof OssupError): boolean {
  // A class that a caller derived has no own `kind`, so the check follows its prototype chain.
  if (!Object.hasOwn(type, 'kind')) return Function.prototype[Symbol.hasInstance].call(type, value)
  if (!isOssupError(value)) return false
  const kinds: unknown = Reflect.get(value, brand)
  return Array.isArray(kinds) && kinds.includes(type.kind)
}

/** Lists the kinds of a class: its own and those of the classes that it extends. */
function kindsOf(given: typeof OssupError): readonly string[] {
  const kinds: string[] = []
  for (let one = given; 'kind' in one; one = Object.getPrototypeOf(one)) {
    if (Object.hasOwn(one, 'kind')) kinds.push(one.kind)
  }
  return kinds
}

/** In the library, an option is written with its own name. */
const inLibrary: OptionNamer = option => `\`${option}\``

function write(hint: string | HintWriter | undefined, nameOf: OptionNamer): string | undefined {
  return typeof hint === 'function' ? hint(nameOf) : hint
}

function describe(shortMessage: string, hint: string | undefined): string {
  return hint === undefined ? shortMessage : `${shortMessage}. ${hint}`
}

function shorten(reason: string, details: ShortDetails): string {
  const where = placeOf(details)
  const { attempts = 1 } = details
  const tries = attempts > 1 ? ` (${attempts} attempts)` : ''
  return `${where === '' ? '' : `${where}: `}${reason}${tries}`
}

type ShortDetails = {
  readonly [Name in 'operation' | 'partNumber' | 'bucket' | 'key' | 'attempts']?:
    | ErrorDetails[Name]
    | undefined
}

/** Joins operation, part and object, as far as they are known: `UploadPart part 17 of video.mp4`. */
function placeOf({ operation, partNumber, bucket, key }: ShortDetails): string {
  const what = [operation, partNumber === undefined ? undefined : `part ${partNumber}`]
    .filter(word => word !== undefined)
    .join(' ')
  if (key !== undefined) return what === '' ? key : `${what} of ${key}`
  return [what, bucket].filter(word => word).join(' ')
}
