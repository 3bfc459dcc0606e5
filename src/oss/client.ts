// Sends one signed request to OSS and reads its answer, once. The requester in `schedule/` makes retries, and
// tells the client to correct its clock or to get new credentials.

import { unlessAborted } from '../async/signals.ts'
import { NetworkError, OptionError, type OssError } from '../errors.ts'
import { isThenable } from '../foreign/promise.ts'
import { defaultIdleTimeoutMs } from '../options/retry-options.ts'
import {
  type Body,
  type Clock,
  type ConnectionLimits,
  type HttpResponse,
  noContent,
  type RequestReport,
  type SendOptions,
  type Transport,
  type Watch,
} from '../ports.ts'
import type { Answer } from './answer.ts'
import { concealing } from './conceal.ts'
import { canonicalQuery } from './encode.ts'
import type { Address } from './endpoint.ts'
import { validateKey } from './names.ts'
import { type AnswerProof, comesFromOss, notOss } from './proof.ts'
import { serviceError } from './service-error.ts'
import type { RequestToSign, Signer } from './signer.ts'
import { asksForCallback } from './stored-object.ts'
import { type OpenAnswer, readDecoded, throwIfError } from './whole-answer.ts'

/** How one request is sent. */
export interface CallOptions {
  /** Ends the request at once; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** The call fails as `STALLED` if no byte moves for this time. Milliseconds, 1 to 3,600,000. @default 20_000 */
  idleTimeoutMs?: number | undefined
  /**
   * The largest number of attempts: temporary faults are retried. 1 means no retry. A request that must not be
   * repeated is only sent again if OSS cannot have received it. Range: 1 to 100.
   * @default the bucket's `attempts`
   */
  attempts?: number | undefined
  /** Called whenever the connection has accepted bytes of the body, with their number. */
  onBytesSent?: ((bytes: number) => void) | undefined
  /** The number of this attempt, from 1, for logs and diagnostics. `withRetries` sets it; the call is then sent once. */
  attempt?: number | undefined
}

export interface OssRequest {
  /** OSS's name of the operation, for messages: `UploadPart`. */
  readonly operation: string
  readonly method: string
  /** The target of the request: `service` leaves out the bucket. @default 'bucket', or the object if a key is given */
  readonly level?: 'service' | 'bucket'
  readonly key?: string | undefined
  readonly query?: Readonly<Record<string, string>>
  /** Request headers. Their names may be in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: Uint8Array | Body
  /** The part number, for messages. */
  readonly partNumber?: number
  readonly uploadId?: string
}

/** An answer, and a function that removes secrets of the request from its text. */
interface SentAnswer extends OpenAnswer {
  readonly conceal: (text: string) => string
}

const empty = new Uint8Array()

/** OSS requires this header with each request to a requester-pays bucket (EC 0003-00000703). */
export const payerHeader = 'x-oss-request-payer'

/** The place of the bucket, the transport and the signer. */
export interface OssClientOptions {
  readonly address: Address
  readonly transport: Transport
  readonly signer: Signer
  readonly clock: Clock
  readonly watch?: Watch<RequestReport> | undefined
  /** How an answer proves that it is from OSS. @default 'request-id' */
  readonly proof?: AnswerProof | undefined
  /** The value of the header `x-oss-request-payer` of each request. */
  readonly requestPayer?: 'requester' | undefined
}

export class OssClient {
  readonly #options: OssClientOptions
  readonly address: Address
  readonly #transport: Transport
  readonly #signer: Signer
  readonly #clock: Clock
  readonly #watch: Watch<RequestReport> | undefined
  readonly #proof: AnswerProof
  readonly #requestPayer: string | undefined
  #paying: OssClient | undefined
  #clockOffset = 0
  /** The last time of OSS's clock, and the reading of our monotonic clock at that moment. */
  #shown: { readonly date: number; readonly monotonic: number } | undefined
  #hasAnswered = false
  #lastDate = ''
  /** The last key that was checked: all parts of an upload have the same key, so it is checked once. */
  #lastTarget: { key: string; target: string } | undefined
  /** The credentials that signed a refused request. */
  readonly #signedBy = new WeakMap<OssError, Readonly<Record<string, string>>>()

  constructor(options: OssClientOptions) {
    this.#options = options

    this.address = options.address
    this.#transport = options.transport
    this.#signer = options.signer
    this.#clock = options.clock
    this.#watch = options.watch
    this.#proof = options.proof ?? 'request-id'
    this.#requestPayer = options.requestPayer
  }

  /** The same client, but each of its requests says that the requester pays. */
  get paying(): OssClient {
    if (this.#requestPayer !== undefined) return this
    this.#paying ??= new OssClient({ ...this.#options, requestPayer: 'requester' })
    return this.#paying
  }

  /** True if OSS has answered at this address, so that the address is right. */
  get hasAnswered(): boolean {
    return this.#hasAnswered
  }

  /** The number of connections that the transport can use; `undefined` if it has no limits. */
  get connections(): ConnectionLimits | undefined {
    return this.#transport.connections
  }

  /** True if the transport knows that a request failed because this machine has no network. */
  isOffline(error: unknown): boolean {
    return this.#transport.isOffline?.(error) ?? false
  }

  /** Milliseconds that OSS's clock is ahead of this machine's clock; 0 until it is known. */
  get clockOffset(): number {
    return this.#clockOffset
  }

  /** The time by OSS's clock, epoch milliseconds. */
  now(): number {
    return this.#clock.now() + this.#clockOffset
  }

  /**
   * The time of OSS's clock at the moment `monotonic`, from its last answer; `undefined` before the first answer.
   * A jump of our own clock does not change it. Signing uses `now`, because the Date of a proxy may be wrong.
   */
  serverTime(monotonic = this.#clock.monotonic()): number | undefined {
    return this.#shown && this.#shown.date + monotonic - this.#shown.monotonic
  }

  /** Milliseconds that OSS's clock is ahead now, to compare times from OSS with our own. */
  get serverOffset(): number {
    const now = this.serverTime()
    return now === undefined ? this.#clockOffset : now - this.#clock.now()
  }

  /** From now on, signs with the time of OSS's clock, which shows `serverTime` now. */
  correctClock(serverTime: number): void {
    this.#clockOffset = serverTime - this.#clock.now()
  }

  /**
   * Gets new credentials, once for all callers at the same time.
   * @param error the refusal; if other credentials arrived after it, this does nothing
   */
  async refreshCredentials(error?: OssError, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const failed = error && this.#signedBy.get(error)
    const refreshing = this.#signer.refresh?.(failed, this.now())
    if (refreshing !== undefined) await waitFor(refreshing, signal)
  }

  /**
   * Makes sure that requests can be signed. Rejects with a `CredentialsError`. If `signal` is aborted, it rejects
   * with its reason at once, and does not wait for the signer.
   */
  async ready(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const getting = this.#signer.ready?.(this.now())
    if (getting !== undefined) await waitFor(getting, signal)
  }

  /** Sends a request and reads the whole answer. Rejects with `OssError` for status 300 and more. */
  call(request: OssRequest, options: CallOptions = {}): Promise<Answer> {
    return this.#watched(request, options, report => this.#sendAndRead(request, options, report))
  }

  /** Sends a request. The caller must read or close the body of the answer. */
  open(request: OssRequest, options: CallOptions = {}): Promise<OpenAnswer> {
    return this.#watched(request, options, report => this.#send(request, options, report))
  }

  async #sendAndRead(
    request: OssRequest,
    options: CallOptions,
    report: RequestReport | undefined,
  ): Promise<Answer> {
    const { conceal, ...answer } = await this.#send(request, options, report)
    if (answer.body === noContent) return { ...answer, body: empty }
    const body = await readDecoded(answer)
    const whole = { ...answer, body }
    // With a callback, the body comes from the callback's server and can have any content.
    if (!asksForCallback(request.headers) && answer.status !== 203) throwIfError(whole, conceal)
    return whole
  }

  #watched<T>(
    request: OssRequest,
    options: CallOptions,
    work: (report?: RequestReport) => Promise<T>,
  ): Promise<T> {
    const watch = this.#watch
    if (watch === undefined || !watch.isWanted()) return work()
    const report: RequestReport = { ...this.#contextOf(request), attempt: options.attempt ?? 1 }
    return watch.around(report, async () => {
      const startedAt = this.#clock.monotonic()
      try {
        return await work(report)
      } finally {
        report.durationMs = this.#clock.monotonic() - startedAt
      }
    })
  }

  async #send(
    request: OssRequest,
    options: CallOptions,
    report: RequestReport | undefined,
  ): Promise<SentAnswer> {
    const context = () => this.#contextOf(request)
    const toSign = this.#toSign(request)
    const { origin, target } = this.#locate(request)
    const { signal } = options
    signal?.throwIfAborted()
    const signing = this.#signer.sign(toSign)
    // Waits only if the signer returns a promise: waiting costs more than signing.
    const added = isThenable(signing) ? await waitFor(signing, signal) : signing
    const query = toSign.encodedQuery
    let response: HttpResponse
    try {
      response = await this.#transport.send(
        {
          method: request.method,
          origin,
          target: query === '' ? target : `${target}?${query}`,
          headers: { ...toSign.headers, ...added },
          body: request.body,
        },
        sendOptions(options),
      )
    } catch (error) {
      throw error instanceof NetworkError ? error.withContext(context()) : error
    }
    const { status, headers } = response
    if (report !== undefined) noteAnswer(report, response)
    this.#noteDate(headers.date)
    const conceal = (text: string) => concealing(added)(text)
    const open = { status, headers, context, body: response.body, conceal }
    const isSuccess = status >= 200 && status < 300
    if (isSuccess && comesFromOss(open, this.#proof)) {
      this.#hasAnswered = true
      return open
    }
    const body = await readDecoded(open)
    if (isSuccess) throw notOss({ status, headers, body }, context(), conceal)
    const error = serviceError({ status, headers, body }, context(), conceal)
    if (error.requestId !== undefined) this.#hasAnswered = true
    this.#signedBy.set(error, added)
    throw error
  }

  /** When the credentials expire, and all signed URLs with them; `undefined` if never, or not known. */
  async credentialsEndAt(): Promise<number | undefined> {
    return this.#signer.endsAt?.(this.now())
  }

  /** A URL that allows its holder this one request for `expires` seconds from now. */
  async presign(request: OssRequest, expires: number): Promise<string> {
    if (this.#signer.presign === undefined) {
      throw new OptionError('PRESIGN_UNSUPPORTED', 'The signer cannot sign URLs', {
        options: ['signer'],
        hint: 'Give the signer a method presign, or use credentials',
      })
    }
    const { origin, target } = this.#locate(request)
    const toSign = this.#toSign(request)
    // Signs all headers: the user of the URL must send exactly these.
    const additionalHeaders = Object.keys(toSign.headers)
    const query = await this.#signer.presign({ ...toSign, additionalHeaders }, expires)
    return `${origin}${target}?${canonicalQuery(query)}`
  }

  /** Parses a date once per second: of all values in an answer, a date takes longest to parse. */
  #noteDate(date = ''): void {
    if (date === this.#lastDate) return
    this.#lastDate = date
    const at = Date.parse(date)
    if (!Number.isNaN(at)) this.#shown = { date: at, monotonic: this.#clock.monotonic() }
  }

  #toSign({
    method,
    level,
    key,
    query = {},
    headers,
  }: OssRequest): RequestToSign & { encodedQuery: string } {
    const bucket = level === 'service' ? undefined : this.address.bucket
    const encodedQuery = canonicalQuery(query)
    const all = lowerCase(headers)
    if (this.#requestPayer !== undefined) all[payerHeader] = this.#requestPayer
    return { method, bucket, key, query, encodedQuery, headers: all, at: this.now() }
  }

  #locate({ level, key }: OssRequest): { origin: string; target: string } {
    const { bucket, origin, serviceOrigin, targetFor } = this.address
    if (level === 'service') {
      if (serviceOrigin !== undefined) return { origin: serviceOrigin, target: '/' }
      throw new OptionError('INVALID_ENDPOINT', 'A custom domain belongs to one bucket only', {
        hint: 'Use the endpoint of a region',
      })
    }
    if (bucket === undefined) {
      throw new OptionError('INVALID_BUCKET_NAME', 'No bucket is given', {
        options: ['name'],
        hint: 'Set name',
      })
    }
    if (key === undefined) return { origin, target: targetFor() }
    if (key !== this.#lastTarget?.key) {
      this.#lastTarget = { key, target: targetFor(validateKey(key)) }
    }
    return { origin, target: this.#lastTarget.target }
  }

  #contextOf({ operation, level, key, partNumber, uploadId }: OssRequest) {
    const { bucket } = this.address
    return {
      operation,
      ...(bucket !== undefined && level !== 'service' && { bucket }),
      ...(key !== undefined && { key }),
      ...(partNumber !== undefined && { partNumber }),
      ...(uploadId !== undefined && { uploadId }),
    }
  }
}

function noteAnswer(report: RequestReport, { status, headers }: HttpResponse): void {
  report.status = status
  const requestId = headers['x-oss-request-id']
  if (requestId !== undefined) report.requestId = requestId
}

function sendOptions({ signal, idleTimeoutMs, onBytesSent }: CallOptions): SendOptions {
  return { idleTimeoutMs: idleTimeoutMs ?? defaultIdleTimeoutMs, signal, onBytesSent }
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const lower: Record<string, string> = {}
  for (const name in headers) lower[name.toLowerCase()] = headers[name] ?? ''
  return lower
}

/** Waits for a signer, which may wait for a server; an abort ends the wait at once. */
function waitFor<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): PromiseLike<T> {
  return signal === undefined ? promise : unlessAborted(promise, signal)
}
