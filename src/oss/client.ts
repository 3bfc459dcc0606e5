// Sends one signed request to OSS and reads its answer: once, never again. Retries belong to the
// scheduler, which also tells the client of a clock that is off and of credentials that have ended.

import { unlessAborted } from '../async/signals.ts'
import { NetworkError, OptionError, type OssError } from '../errors.ts'
import { isThenable } from '../foreign/promise.ts'
import { defaultIdleTimeoutMs } from '../options/upload-options.ts'
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
import { type Answer, type AnswerHead, badAnswer } from './answer.ts'
import { canonicalQuery } from './encode.ts'
import type { Address } from './endpoint.ts'
import { validateKey } from './names.ts'
import { serviceError } from './service-error.ts'
import type { RequestToSign, Signer } from './signer.ts'

/** How one request is sent. */
export interface CallOptions {
  /** Ends the request at once; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds without a byte moved after which the call fails as `STALLED`. @default 20_000 */
  idleTimeoutMs?: number
  /** Told of the bytes of the body as they are handed to the connection. */
  onBytesSent?: ((bytes: number) => void) | undefined
  /** For logs and diagnostics: which try of the same request this is, from 1. @default 1 */
  attempt?: number
}

export interface OssRequest {
  /** As OSS names it, for messages: `UploadPart`. */
  readonly operation: string
  readonly method: string
  /** `service` leaves out the bucket. @default 'bucket', which with a key is the object */
  readonly level?: 'service' | 'bucket'
  readonly key?: string | undefined
  readonly query?: Readonly<Record<string, string>>
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: Uint8Array | Body
  /** For messages. */
  readonly partNumber?: number
  readonly uploadId?: string
}

/** An answer whose body has not been read. */
export interface OpenAnswer extends AnswerHead {
  readonly body: HttpResponse['body']
}

/** A page of 1,000 keys of 1,023 encoded bytes has some 4 MB; more than this is not an answer. */
const empty = new Uint8Array()
const answerSizeMax = 16 * 1024 ** 2

export class OssClient {
  readonly address: Address
  readonly #transport: Transport
  readonly #signer: Signer
  readonly #clock: Clock
  readonly #watch: Watch<RequestReport> | undefined
  #clockOffset = 0
  /** What OSS's clock showed last, and when that was by the clock that never steps. */
  #shown: { readonly date: number; readonly monotonic: number } | undefined
  #hasAnswered = false
  #lastDate = ''
  /** All parts of an upload are for one key, which is looked at closely once. */
  #lastTarget: { key: string; target: string } | undefined
  /** Which credentials a refused request was signed with. */
  readonly #signedBy = new WeakMap<OssError, Readonly<Record<string, string>>>()

  constructor(options: {
    address: Address
    transport: Transport
    signer: Signer
    clock: Clock
    watch?: Watch<RequestReport> | undefined
  }) {
    this.address = options.address
    this.#transport = options.transport
    this.#signer = options.signer
    this.#clock = options.clock
    this.#watch = options.watch
  }

  /** Somebody has answered at the address, so it is not a mistyped one. */
  get hasAnswered(): boolean {
    return this.#hasAnswered
  }

  /** How many connections the transport can use; `undefined` if it has no limits of its own. */
  get connections(): ConnectionLimits | undefined {
    return this.#transport.connections
  }

  /** True if the transport knows that a request failed because this machine has no network. */
  isOffline(error: unknown): boolean {
    return this.#transport.isOffline?.(error) ?? false
  }

  /** Milliseconds by which OSS's clock is ahead of this machine's, as far as it is known. */
  get clockOffset(): number {
    return this.#clockOffset
  }

  /** The time by OSS's clock, epoch milliseconds. */
  now(): number {
    return this.#clock.now() + this.#clockOffset
  }

  /**
   * The moment by OSS's clock at `monotonic`, as its last answer tells; `undefined` before the first. A
   * jump of our own clock does not move it. Signing goes by `now`, since a proxy's Date may be anything.
   */
  serverTime(monotonic = this.#clock.monotonic()): number | undefined {
    return this.#shown && this.#shown.date + monotonic - this.#shown.monotonic
  }

  /** Milliseconds by which OSS's clock is ahead now: to compare moments that OSS tells with our own. */
  get serverOffset(): number {
    const now = this.serverTime()
    return now === undefined ? this.#clockOffset : now - this.#clock.now()
  }

  /** Signs from now on by OSS's clock, which has just shown `serverTime`. */
  correctClock(serverTime: number): void {
    this.#clockOffset = serverTime - this.#clock.now()
  }

  /**
   * Gets other credentials, once for all who ask at the same time.
   * @param error the refusal; nothing is done if the credentials have been replaced since.
   */
  async refreshCredentials(error?: OssError, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const failed = error && this.#signedBy.get(error)
    const refreshing = this.#signer.refresh?.(failed, this.now())
    if (refreshing !== undefined) await waitFor(refreshing, signal)
  }

  /**
   * Makes sure that requests can be signed. Rejects with a `CredentialsError`, or with the signal's reason at
   * once, however long the signer takes.
   */
  async ready(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const getting = this.#signer.ready?.(this.now())
    if (getting !== undefined) await waitFor(getting, signal)
  }

  /** Sends a request and reads the answer whole. Rejects with `OssError` for status 300 and more. */
  call(request: OssRequest, options: CallOptions = {}): Promise<Answer> {
    return this.#watched(request, options, report => this.#sendAndRead(request, options, report))
  }

  /** Sends a request and leaves the body of its answer to the caller, who has to read or close it. */
  open(request: OssRequest, options: CallOptions = {}): Promise<OpenAnswer> {
    return this.#watched(request, options, report => this.#send(request, options, report))
  }

  async #sendAndRead(
    request: OssRequest,
    options: CallOptions,
    report: RequestReport | undefined,
  ): Promise<Answer> {
    const answer = await this.#send(request, options, report)
    const body = answer.body === noContent ? empty : await readBody(answer)
    return { status: answer.status, headers: answer.headers, context: answer.context, body }
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
  ): Promise<OpenAnswer> {
    const context = () => this.#contextOf(request)
    const toSign = this.#toSign(request)
    const { origin, target } = this.#locate(request)
    const { signal } = options
    signal?.throwIfAborted()
    const signing = this.#signer.sign(toSign)
    // Only what may take its time has to be waited for and guarded: that costs more than to sign.
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
    this.#hasAnswered = true
    if (report !== undefined) noteAnswer(report, response)
    this.#noteDate(headers.date)
    if (status >= 200 && status < 300) return { status, headers, context, body: response.body }
    const body = await readBody({ status, headers, context, body: response.body })
    const error = serviceError({ status, headers, body }, context())
    this.#signedBy.set(error, added)
    throw error
  }

  /** When the credentials end, and every signed URL with them; `undefined` if they do not, or nobody knows. */
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
    // All of them: whoever uses the URL is told to send exactly these.
    const additionalHeaders = Object.keys(toSign.headers)
    const query = await this.#signer.presign({ ...toSign, additionalHeaders }, expires)
    return `${origin}${target}?${canonicalQuery(query)}`
  }

  /** Once for each second: of all that an answer holds, a date takes longest to read. */
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
    return { method, bucket, key, query, encodedQuery, headers: lowerCase(headers), at: this.now() }
  }

  #locate({ level, key }: OssRequest): { origin: string; target: string } {
    const { bucket, origin, serviceOrigin, targetFor } = this.address
    if (level === 'service') {
      if (serviceOrigin !== undefined) return { origin: serviceOrigin, target: '/' }
      throw new OptionError('INVALID_ENDPOINT', 'A custom domain stands for one bucket alone', {
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

async function readBody(answer: OpenAnswer): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.length
    if (size > answerSizeMax) throw badAnswer(answer, `it is longer than ${answerSizeMax} bytes`)
    chunks.push(chunk)
  }
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0]
  const whole = new Uint8Array(size)
  let position = 0
  for (const chunk of chunks) {
    whole.set(chunk, position)
    position += chunk.length
  }
  return whole
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const lower: Record<string, string> = {}
  for (const name in headers) lower[name.toLowerCase()] = headers[name] ?? ''
  return lower
}

/** A signer may wait for a server. An abort does not. */
function waitFor<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): PromiseLike<T> {
  return signal === undefined ? promise : unlessAborted(promise, signal)
}
