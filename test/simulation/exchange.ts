// One request on its way: every sentence of the Transport port, and every way in which a request, its body
// or its answer can go astray.

import { NetworkError } from '../../src/errors.ts'
import type { HttpResponse, SendOptions } from '../../src/ports.ts'
import type { ServerRequest, ServerResponse } from '../../src/server/http/http.ts'
import { cutShort, damaged, failure, staleList } from './answers.ts'
import { concat } from './observed-store.ts'
import { Pipe, wholeBody } from './pipe.ts'
import type { Sent, SimulatedNetwork } from './simulated-network.ts'

export class Exchange {
  readonly promise: Promise<HttpResponse>
  readonly sent: Sent
  readonly #network: SimulatedNetwork
  readonly #options: SendOptions
  readonly #pipe = new Pipe()
  /** What left, for deliveries later or twice. */
  readonly #chunks: Uint8Array[] = []
  #resolve: (response: HttpResponse) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #cancelIdle = () => {}
  #isOver = false

  constructor(network: SimulatedNetwork, sent: Sent, options: SendOptions) {
    this.#network = network
    this.#options = options
    this.sent = sent
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (options.signal?.aborted) {
      this.#isOver = true
      sent.state = 'failed'
      this.#reject(options.signal.reason)
      return
    }
    network.underWay.add(this)
    network.options.events.onSend(sent)
    if (sent.fault !== undefined) network.options.events.onFault(sent.fault, sent)
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
    this.#touch()
    void this.#run()
  }

  /** The sender has died. A request that was sent completely may still arrive. */
  drop(): void {
    this.#end()
    this.#pipe.break()
  }

  readonly #onAbort = () => this.#fail(this.#options.signal?.reason)

  async #run(): Promise<void> {
    const { dice } = this.#network.options
    const { fault } = this.sent
    await this.#pass()
    if (this.#isOver) return
    if (this.#network.isOffline || fault === 'unsent') {
      this.#fail(new NetworkError('CONNECT_FAILED', 'no connection', { sent: 'nothing' }))
      return
    }
    const isHeard = !['request-lost', 'late', 'error-before', 'throttled'].includes(fault ?? '')
    const answer = isHeard ? this.#hand(this.#pipe) : undefined
    // An answer may come before the body was sent whole: then the rest of it never is.
    const isEarly = (fault === 'error-before' || fault === 'throttled') && dice.chance(0.3)
    let isAnswered = isEarly
    void answer?.then(() => {
      isAnswered = true
    })
    const cutAt =
      fault === 'stalled' || fault === 'reset'
        ? dice.whole(0, this.sent.bodySize)
        : Number.POSITIVE_INFINITY
    const isWhole = await this.#sendBody(() => isAnswered, cutAt)
    if (this.#isOver) return
    if (fault === 'reset') return this.#lose()
    if (fault === 'stalled') return
    if (isWhole) this.#pipe.end()
    if (fault === 'request-lost' || fault === 'answer-lost') {
      if (dice.chance(0.5)) this.#lose()
      return
    }
    if (fault === 'late') return this.#deliverLate()
    const second = fault === 'duplicated' && isWhole ? this.#deliverAgain() : undefined
    const told = second !== undefined && dice.chance(0.5) ? await second : await answer
    await this.#pass()
    if (this.#isOver) return
    if (!isWhole) this.#pipe.break()
    this.#succeed(this.#alter(told))
  }

  /** Pulls the body and hands it to the connection. Resolves to whether all of it left. */
  async #sendBody(isAnswered: () => boolean, cutAt: number): Promise<boolean> {
    const { dice } = this.#network.options
    const { body } = this.sent.request
    const { bodySize } = this.sent
    if (body === undefined) return cutAt > 0
    const whole = body instanceof Uint8Array ? body : undefined
    const corruptAt =
      this.sent.fault === 'body-corrupted' ? dice.whole(0, bodySize - 1) : Number.NaN
    const buffer = new Uint8Array(dice.pick([16, 64, 256]))
    let sentBytes = 0
    while (sentBytes < bodySize) {
      if (isAnswered() || this.#isOver) return false
      if (sentBytes >= cutAt) return false
      let count: number
      if (whole !== undefined) {
        count = Math.min(buffer.length, bodySize - sentBytes)
        buffer.set(whole.subarray(sentBytes, sentBytes + count))
      } else {
        try {
          count = await (body as Exclude<typeof body, Uint8Array>).read(buffer)
        } catch (error) {
          this.#fail(error)
          return false
        }
      }
      if (this.#isOver) return false
      const chunk = buffer.slice(0, count)
      const flip = corruptAt - sentBytes
      if (flip >= 0 && flip < count) chunk[flip] = (chunk[flip] ?? 0) ^ 0x40
      sentBytes += count
      this.#chunks.push(chunk)
      this.#pipe.push(chunk.slice())
      this.sent.sentBytes += count
      this.#options.onBytesSent?.(count)
      this.#touch()
      if (dice.chance(0.3)) await this.#pass()
    }
    this.#network.options.events.onBody(this.sent, concat(this.#chunks))
    return true
  }

  #hand(body: AsyncIterable<Uint8Array>): Promise<ServerResponse> {
    const { request, bodySize } = this.sent
    const serverRequest: ServerRequest = {
      method: request.method,
      target: request.target,
      headers: {
        ...request.headers,
        host: new URL(request.origin).host,
        'content-length': String(bodySize),
      },
      body,
      bodySize,
    }
    return this.#network.options.handler(serverRequest)
  }

  #deliverLate(): void {
    const { dice, time, lateMaxMs } = this.#network.options
    time.after(dice.whole(0, lateMaxMs), () => void this.#hand(wholeBody(this.#chunks)))
    if (dice.chance(0.5)) this.#lose()
  }

  async #deliverAgain(): Promise<ServerResponse> {
    const { dice, time, lateMaxMs } = this.#network.options
    await time.sleep(dice.chance(0.5) ? 0 : dice.whole(0, lateMaxMs))
    return this.#hand(wholeBody(this.#chunks))
  }

  /** The answer as it arrives. */
  #alter(answer: ServerResponse | undefined): ServerResponse {
    const { dice } = this.#network.options
    const { fault, operation } = this.sent
    if (answer === undefined || fault === 'error-after') return failure(fault, dice)
    if (fault === 'answer-garbage') return damaged(answer, dice, operation)
    return fault === 'list-stale' && operation === 'ListParts' ? staleList(answer, dice) : answer
  }

  #succeed(answer: ServerResponse): void {
    const { body, status } = answer
    const headers = { ...answer.headers }
    const isPut = ['PutObject', 'UploadPart', 'CompleteMultipartUpload'].includes(
      this.sent.operation,
    )
    if (isPut && this.#network.options.bucket.stripsCrc) delete headers['x-oss-hash-crc64ecma']
    const bytes = body instanceof Uint8Array ? body : new Uint8Array()
    const isCut = this.sent.fault === 'answer-cut' && bytes.length > 0
    if (this.sent.fault === 'answer-cut' && !isCut) {
      this.#lose()
      return
    }
    const text = new TextDecoder().decode(bytes)
    const document = headers['x-oss-err'] ? atob(headers['x-oss-err']) : text
    const code = /<Code>(.*?)<\/Code>/.exec(document)?.[1]
    Object.assign(this.sent, { status, answerHeaders: headers, answer: isCut ? '' : text })
    if (code !== undefined) this.sent.code = code
    this.sent.state = isCut ? 'failed' : 'answered'
    this.#end()
    this.#network.options.events.onSettled(this.sent)
    this.#resolve({ status, headers, body: isCut ? cutShort(bytes) : wholeBody([bytes]) })
  }

  #lose(): void {
    this.#fail(new NetworkError('CONNECTION_LOST', 'the connection broke', { sent: 'maybe' }))
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    this.sent.state = 'failed'
    this.sent.error = error
    this.#end()
    this.#pipe.break()
    this.#network.options.events.onSettled(this.sent)
    this.#reject(error)
  }

  #end(): void {
    this.#isOver = true
    this.#cancelIdle()
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#network.underWay.delete(this)
  }

  /** A byte has moved. */
  #touch(): void {
    this.#cancelIdle()
    const { idleTimeoutMs } = this.#options
    this.#cancelIdle = this.#network.options.time.after(idleTimeoutMs, () =>
      this.#fail(new NetworkError('STALLED', `nothing for ${idleTimeoutMs} ms`, { sent: 'maybe' })),
    )
  }

  #pass(): Promise<void> {
    const { dice, time, latencyMs } = this.#network.options
    return time.sleep(dice.chance(0.3) ? 0 : Math.round(dice.next() * 2 * latencyMs))
  }
}
