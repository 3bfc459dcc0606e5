// All ports: interfaces to the outside. The engine reads clocks, files, chance and networks only through them,
// so the same engine runs on Node.js, in a simulation with a virtual clock and, later, in a page. To add
// behaviour, wrap a port.

/** Time. Nothing in the engine reads a clock or waits by any other means. */
export interface Clock {
  /** Wall time in epoch milliseconds. May be wrong and may jump. */
  now(): number
  /** Milliseconds since an arbitrary moment; never steps back. */
  monotonic(): number
  /** Waits; rejects with `signal.reason` as soon as the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Random numbers, for the jitter of back-off and for names that no other process makes. Not for secrets. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number
}

/**
 * The bytes of one request, read once from start to end.
 *
 * The transport owns the buffers, and calls `read` only when the connection can take bytes: there is no other
 * back-pressure. It never calls `read` again before the last promise has settled.
 */
export interface Body {
  /** All bytes: the Content-Length of the request. */
  readonly size: number
  /**
   * Fills `into` from its start and returns the count, at least 1 until `size` bytes were returned; a promise
   * only if it has to wait. A failure ends the request: the transport destroys the connection, so that OSS
   * stores nothing, and `send` rejects with the same error.
   */
  read(into: Uint8Array): number | Promise<number>
}

/** One request, signed and ready to be sent. */
export interface HttpRequest {
  readonly method: string
  /** Scheme, host and port to connect to, without a path: `https://bucket.oss-cn-hangzhou.aliyuncs.com`. */
  readonly origin: string
  /** Path and query exactly as signed. Sent byte for byte: no URL library may tidy it. */
  readonly target: string
  /** Lower-case names. Values are Unicode and travel as UTF-8. `host` and `content-length` are the transport's. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | Body | undefined
}

/** The head of an answer, and its body, which can be read while it arrives. */
export interface HttpResponse {
  readonly status: number
  /** Lower-case names; several values of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Must be read to its end or returned early (`break`), which closes the connection. */
  readonly body: AsyncIterable<Uint8Array>
}

/** A body without content, the only one that need not be read: most answers to parts have this one. */
export const noContent: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
}

/** How one request is sent. */
export interface SendOptions {
  /**
   * Aborting destroys the connection at once. After `send` has rejected, no further byte of the
   * request leaves this machine.
   */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a byte moved in either direction after which the request fails as `STALLED`. */
  readonly idleTimeoutMs: number
  /** Called whenever the connection has accepted bytes of the request body, with their number. */
  readonly onBytesSent?: ((bytes: number) => void) | undefined
}

/** A number of connections at a time: the smallest and largest, and the one to start with. */
export interface ConnectionLimits {
  readonly min: number
  readonly start: number
  readonly max: number
}

/**
 * Sends one request once. It never retries, follows no redirect and decodes nothing.
 * Resolves when the head of the answer has arrived, also if OSS answers before the whole body was sent. Rejects
 * with a `NetworkError`, with `signal.reason`, or with the error of the body's `read`.
 */
export interface Transport {
  /**
   * How many connections to one host are useful. A browser opens 6 and queues further requests itself, which
   * makes measured rates meaningless. @default 2 to 128, starting with 4
   */
  readonly connections?: ConnectionLimits
  /** Sends one request once, as described above. */
  send(request: HttpRequest, options: SendOptions): Promise<HttpResponse>
  /**
   * True if `send` rejected with this error because this machine has no network. For a runtime that knows
   * it (`navigator.onLine`) but cannot tell a refused connection from a lost one. The upload then waits
   * until the network is back. @default a connection that cannot be made means offline
   */
  isOffline?(error: unknown): boolean
  /** Closes idle connections. */
  close(): void
}

/**
 * The properties that show whether a source is still the same. They are compared before resuming and again
 * before Complete. Absent fields are unknown and do not count. Times are decimal strings of nanoseconds, because
 * they do not fit a number.
 */
export interface Identity {
  /** Size in bytes. */
  readonly size: number
  /** Last change of the content, ns since the epoch. */
  readonly mtimeNs?: string
  /** Last change of content or attributes, ns since the epoch. */
  readonly ctimeNs?: string
  /** Only if the file system keeps it stable. */
  readonly inode?: string
  /** CRC-64 in decimal, for bytes in memory only. */
  readonly crc64?: string
}

/** A source of known size. Its ranges can be read in any order and more than once. */
export interface Source {
  /** For messages and, through its extension, for Content-Type. A file's path. */
  readonly name: string
  /** Two calls with the same id and the same destination are one upload. A file's absolute path. */
  readonly id: string
  /**
   * The identity of the file that the name leads to now. If that is another file than the open one, it is
   * opened instead. The engine never calls this while a `read` runs. Rejects with a `SourceError`.
   */
  identity(): Promise<Identity>
  /**
   * Fills `into` with bytes from `position` on and returns the count, at least 1; 0 at the end of the source. A
   * promise only if it has to wait. Reads at several positions may run at the same time.
   */
  read(into: Uint8Array, position: number): number | Promise<number>
  /** Called when the engine will read no more. */
  close(): Promise<void>
}

/** A source that can be read only once, from start to end. */
export interface StreamSource {
  readonly name: string
  /** The same for each upload of this stream: id and destination together name the checkpoint. */
  readonly id: string
  /** The number of all bytes, if known. */
  readonly size: number | undefined
  /** Fills `into` and resolves to the count, at least 1; 0 at the end. Rejects with the stream's error. */
  read(into: Uint8Array): Promise<number>
  /** Tells the producer that the engine will read no more. */
  close(): Promise<void>
}

/**
 * The target of a download. Rejections are `TargetError`s. The order of calls is `begin`, `write` any number of
 * times, then `commit` or `discard`. `discard` may also be the first call.
 */
export interface Sink {
  /** The name in messages, such as a file's path. */
  readonly name: string
  /** False if bytes must be written from start to end, one write after the other, as into a pipe. */
  readonly isSeekable: boolean
  /** Gets the size and type of the object before its bytes; the sink may refuse it. */
  begin(object: { readonly size: number; readonly contentType?: string }): Promise<void>
  /** Writes at several positions may run at the same time. When it resolves, the caller may reuse the bytes. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Called when all bytes were written and are correct. When it resolves, they survive a power cut, under the name. */
  commit(): Promise<void>
  /** Gives up, and removes what was written, if it can. Called when no write runs any more. */
  discard(): Promise<void>
}

/** Keeps journals by name. A name is 1 to 100 of `a-z 0-9 . -`. Rejections are `JournalError`s. */
export interface JournalStore {
  /** The location of the journals, for messages. */
  readonly location: string
  /**
   * Opens the journal for this owner only, and makes it if it is absent. Rejects with `UPLOAD_BUSY`, which names
   * the owner, while another owner is alive. If it cannot be read, it rejects: it never returns an empty journal.
   */
  open(name: string): Promise<Journal>
  /** The names of all journals, in no order. */
  list(): Promise<string[]>
  /** Reads a journal without taking its lock; `undefined` if it does not exist. */
  read(name: string): Promise<Uint8Array | undefined>
  /** Facts about a journal, without taking its lock. For people only: the engine does not use them. */
  look?(name: string): Promise<JournalLook>
  /** Removes files that killed owners left without a journal, such as locks. Journals and live owners stay. */
  tidy?(): Promise<void>
}

/** Facts about a journal that can be read without its lock. */
export interface JournalLook {
  /** When it last changed, epoch milliseconds. */
  readonly changedAt?: number
  /** Who has it open. */
  readonly owner?: {
    readonly host?: string
    readonly pid?: number
    /** Since when, epoch milliseconds of the owner's clock. */
    readonly since?: number
    /** False if the owner is on another machine, so that we cannot see whether its process is alive. */
    readonly isCertain: boolean
  }
}

/** One open journal: bytes that only grow, until all are replaced or removed. */
export interface Journal {
  /** The bytes at the moment of opening. */
  readonly contents: Uint8Array
  /**
   * When the journal was created, epoch milliseconds, if the store knows that without reading the journal. The engine uses
   * it when every record is damaged.
   */
  readonly bornAt?: number | undefined
  /** When it resolves, the bytes survive a kill of this process. Appends keep their order. */
  append(bytes: Uint8Array): Promise<void>
  /** When it resolves, all earlier appends survive a power cut. */
  sync(): Promise<void>
  /** Replaces the contents. After a crash at any moment, the journal has the whole old or the whole new contents. */
  replace(contents: Uint8Array): Promise<void>
  /** Removes the journal from the store. It stays open until `close`. */
  remove(): Promise<void>
  /** Releases the lock. An empty journal is removed. */
  close(): Promise<void>
}

/** An access key and, if it is temporary, its token. */
export interface Credentials {
  /** Names the user. It is sent with each request. */
  readonly accessKeyId: string
  /** Signs requests. It never leaves this machine. */
  readonly accessKeySecret: string
  /** Only with temporary credentials. */
  readonly securityToken?: string
  /** When they expire, epoch milliseconds; absent if never, or not known. */
  readonly expiresAt?: number
}

/** The parts of credentials that are not secret, to tell two sets apart. */
export type CredentialsName = Pick<Credentials, 'accessKeyId' | 'securityToken'>

/**
 * Gives credentials. Called when a request is signed. `refresh` asks for new ones, because OSS refused the last
 * ones as expired or invalid, or because they expire soon. `last` names those: a provider that serves several
 * callers may have newer ones already. Rejects with a `CredentialsError`.
 */
export type CredentialsProvider = (options: {
  refresh: boolean
  last?: CredentialsName
}) => Promise<Credentials>

/** Writes messages for the operator of the program. `console`, pino and winston are loggers. */
export interface Logger {
  /** Logs every request and every part. */
  debug(message: string): void
  /** Logs the start, end and resuming of uploads. */
  info(message: string): void
  /** Logs problems that did not stop an upload: retries, no network, a source that changed. */
  warn(message: string): void
  /** Logs an upload that failed. */
  error(message: string): void
}

/** One request. Holds no URL, no header and no other value that could be a secret. */
export interface RequestReport {
  /** OSS's name of the operation, such as `UploadPart`. */
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
  readonly partNumber?: number
  readonly uploadId?: string
  /** Number of the attempt at this request, from 1. */
  readonly attempt: number
  /** HTTP status; set when the answer arrives. */
  status?: number
  /** OSS's id of the request; set when the answer arrives. */
  requestId?: string
  /** Milliseconds from signing to the end of the answer (of `getObject`: to its head); set at the end. */
  durationMs?: number
}

/** One upload. It starts when its source is open. */
export interface UploadReport {
  readonly bucket: string
  readonly key: string
  /** The file's path, or the name of another source. */
  readonly source: string
}

/** Sees the start and the end of work, and does not change it. */
export interface Watch<Report> {
  /** Called before each piece of work: if it returns `false`, no report is made. */
  isWanted(): boolean
  /** Runs the work and returns its result unchanged. The work fills in `report` until it ends. */
  around<T>(report: Report, work: () => Promise<T>): Promise<T>
}

/** Watches the requests and uploads of a bucket. */
export interface Observer {
  readonly requests: Watch<RequestReport>
  readonly uploads: Watch<UploadReport>
}

/**
 * Binds a function to the asynchronous context of this moment (`AsyncLocalStorage` on Node.js), because other
 * uploads call it from their contexts.
 */
export type BindContext = (work: () => void) => () => void

/** The ports that an upload needs. A runtime or a simulation provides them. */
export interface Ports {
  readonly clock: Clock
  readonly random: Random
  readonly transport: Transport
  /** @default requests and uploads are not watched */
  readonly observer?: Observer
  /** @default all uploads share one context */
  readonly bindContext?: BindContext
}
