// Every door to the outside. The engine opens none of its own: what it knows of time, chance, files
// and networks comes through these interfaces, so the same engine runs on Node.js, in a simulation
// on a virtual clock and, later, in a page. Behaviour is added by wrapping a port.

/** Time. Nothing in the engine reads a clock or waits by any other means. */
export interface Clock {
  /** Wall time in epoch milliseconds. May be wrong and may jump. */
  now(): number
  /** Milliseconds since an arbitrary moment; never steps back. */
  monotonic(): number
  /** Waits; rejects with `signal.reason` as soon as the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Chance: back-off jitter and names that nobody else may guess. Not for secrets. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number
}

/**
 * The bytes of one request, read once from start to end.
 *
 * The transport owns the buffers and asks for bytes when the connection can take them: this is the
 * whole of back-pressure. `read` is never called again before its last promise has settled.
 */
export interface Body {
  /** Bytes in all: the request's Content-Length. */
  readonly size: number
  /**
   * Fills `into` from its start and gives the count, at least 1 until `size` bytes were given: at once
   * where nothing has to be waited for. A failure ends the request: the connection is destroyed, so
   * that OSS stores nothing, and `send` rejects with the same error.
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

/** The head of an answer, and its body as it comes in. */
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
  /** Told of request body bytes handed to the connection, as they go. */
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
 * Resolves when the head of the answer is there, also when OSS answers before the body was sent whole;
 * rejects with a `NetworkError`, with `signal.reason`, or with what the body's `read` threw.
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
 * What makes a source the same source: compared before resuming and again before Complete.
 * Absent fields are unknown and do not count. Times are nanoseconds in decimal, since they outgrow a number.
 */
export interface Identity {
  /** Bytes. */
  readonly size: number
  /** Last change of the content, ns since the epoch. */
  readonly mtimeNs?: string
  /** Last change of content or attributes, ns since the epoch. */
  readonly ctimeNs?: string
  /** Where the file system keeps it stable. */
  readonly inode?: string
  /** CRC-64 in decimal, for bytes in memory, whose content is known at once. */
  readonly crc64?: string
}

/** A source of known size whose ranges can be read in any order and again. */
export interface Source {
  /** For messages and, through its extension, for Content-Type. A file's path. */
  readonly name: string
  /** Two calls with the same id and the same destination are one upload. A file's absolute path. */
  readonly id: string
  /**
   * The identity of what the name leads to now. If the name leads to another file than the one that
   * is open, that file is opened instead. Never called while a `read` is under way at another part.
   * Rejects with a `SourceError`.
   */
  identity(): Promise<Identity>
  /**
   * Fills `into` with bytes from `position` on and gives the count, at least 1; 0 at the end of the
   * source: at once where nothing has to be waited for. Reads at several positions may be under way
   * at once.
   */
  read(into: Uint8Array, position: number): number | Promise<number>
  /** No more of it is wanted. */
  close(): Promise<void>
}

/** A source that can be read only once, from start to end. */
export interface StreamSource {
  readonly name: string
  /** The same for every offer of the stream: with the destination it names the checkpoint. */
  readonly id: string
  /** Bytes in all, where known. */
  readonly size: number | undefined
  /** Fills `into` and resolves to the count, at least 1; 0 at the end. Rejects with the stream's error. */
  read(into: Uint8Array): Promise<number>
  /** Tells the producer that no more is wanted. */
  close(): Promise<void>
}

/**
 * Where the bytes of an object go that is read. Rejections are `TargetError`s. The order of calls is
 * `begin`, `write` any number of times, then `commit` or `discard`; `discard` may also come at once.
 */
export interface Sink {
  /** For messages: a file's path. */
  readonly name: string
  /** False: bytes have to come from start to end, one write after the other, as into a pipe. */
  readonly isSeekable: boolean
  /** What is to come; the sink may refuse it. */
  begin(object: { readonly size: number; readonly contentType?: string }): Promise<void>
  /** Writes at several positions may be under way at once. When it resolves the bytes may be reused. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** All is there and right. When it resolves, it survives a power cut, under its name. */
  commit(): Promise<void>
  /** Gives up: what can be taken back is. Called when no write is under way any more. */
  discard(): Promise<void>
}

/** Keeps journals by name. A name is 1 to 100 of `a-z 0-9 . -`. Rejections are `JournalError`s. */
export interface JournalStore {
  /** For messages: where the journals are. */
  readonly location: string
  /**
   * Opens the journal, made if absent, for this owner alone. Rejects with `UPLOAD_BUSY`, naming the
   * owner, while another one lives. A read error is an error, never an empty journal.
   */
  open(name: string): Promise<Journal>
  /** The names of all journals, in no order. */
  list(): Promise<string[]>
  /** A journal's bytes without taking its lock; `undefined` if there is none. */
  read(name: string): Promise<Uint8Array | undefined>
  /** What is known of a journal without its lock. For people who want to know: nothing depends on it. */
  look?(name: string): Promise<JournalLook>
  /** Removes files that killed owners left without a journal, such as locks. Journals and live owners stay. */
  tidy?(): Promise<void>
}

/** What can be seen of a journal from outside. */
export interface JournalLook {
  /** When it last changed, epoch milliseconds. */
  readonly changedAt?: number
  /** Who has it open. */
  readonly owner?: {
    readonly host?: string
    readonly pid?: number
    /** Since when, epoch milliseconds of the owner's clock. */
    readonly since?: number
    /** False where only time can tell whether that process still lives: it is on another machine. */
    readonly isCertain: boolean
  }
}

/** One open journal: bytes that only grow, until they are replaced or removed as a whole. */
export interface Journal {
  /** What was there when it was opened. */
  readonly contents: Uint8Array
  /**
   * When it was begun, epoch milliseconds, as the store knows it without reading it; absent where it does
   * not. It is what is left to go by when every record is damaged.
   */
  readonly bornAt?: number | undefined
  /** When it resolves, the bytes survive a kill of this process. Appends keep their order. */
  append(bytes: Uint8Array): Promise<void>
  /** When it resolves, what was appended before survives a power cut. */
  sync(): Promise<void>
  /** Puts new contents in place of the old: after a crash at any moment one of the two is there, whole. */
  replace(contents: Uint8Array): Promise<void>
  /** Removes the journal for good. It stays open until `close`. */
  remove(): Promise<void>
  /** Gives up the ownership. An empty journal leaves nothing behind. */
  close(): Promise<void>
}

/** An access key and, with temporary ones, its token. */
export interface Credentials {
  /** Who asks: goes out with every request. */
  readonly accessKeyId: string
  /** Signs, and never leaves this machine. */
  readonly accessKeySecret: string
  /** With temporary credentials. */
  readonly securityToken?: string
  /** When they end, epoch milliseconds; absent if they do not, or nobody knows. */
  readonly expiresAt?: number
}

/** What tells one set of credentials from another without the secret. */
export type CredentialsName = Pick<Credentials, 'accessKeyId' | 'securityToken'>

/**
 * Where credentials come from. Asked at signing time; `refresh` asks for new ones because OSS called
 * the last ones expired or invalid, or they end soon. `last` says which these are, for providers that serve
 * several: to who has others already, these are new. Rejects with a `CredentialsError`.
 */
export type CredentialsProvider = (options: {
  refresh: boolean
  last?: CredentialsName
}) => Promise<Credentials>

/** Writes lines for whoever runs the program; `console`, pino and winston are loggers. Each gets a sentence. */
export interface Logger {
  /** Every request and every part. */
  debug(message: string): void
  /** Beginning, end and resumption of uploads. */
  info(message: string): void
  /** What did not stop an upload: retries, being offline, another round. */
  warn(message: string): void
  /** An upload that failed. */
  error(message: string): void
}

/** One request as it goes out. Holds no URL, no header and nothing else that could be a secret. */
export interface RequestReport {
  /** As OSS names it: `UploadPart`. */
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
  readonly partNumber?: number
  readonly uploadId?: string
  /** Which try of this request it is, from 1. */
  readonly attempt: number
  /** HTTP status; once there was an answer. */
  status?: number
  /** OSS's name for the request; once there was an answer. */
  requestId?: string
  /** Milliseconds from signing to the end of the answer (of `getObject`: to its head); once it has ended. */
  durationMs?: number
}

/** One upload, from when its source is open. */
export interface UploadReport {
  readonly bucket: string
  readonly key: string
  /** The file's path, or what else the source is called. */
  readonly source: string
}

/** Sees work begin and end without taking part in it. */
export interface Watch<Report> {
  /** Asked before each piece of work: with `false` nothing is put together for it. */
  isWanted(): boolean
  /** Runs the work and passes its outcome on as it is. What the work learns is in `report` when it ends. */
  around<T>(report: Report, work: () => Promise<T>): Promise<T>
}

/** Who watches what a bucket does. */
export interface Observer {
  readonly requests: Watch<RequestReport>
  readonly uploads: Watch<UploadReport>
}

/**
 * Binds a function to the asynchronous context of this moment (`AsyncLocalStorage` on Node.js): other uploads call
 * it from theirs.
 */
export type BindContext = (work: () => void) => () => void

/** The doors that an upload needs, filled in by a runtime or by a simulation. */
export interface Ports {
  readonly clock: Clock
  readonly random: Random
  readonly transport: Transport
  /** Without one nobody watches. */
  readonly observer?: Observer
  /** Without one there is one context for all. */
  readonly bindContext?: BindContext
}
