// Sends one request on a connection and receives its answer. An exchange ends exactly once. If the answer was read
// completely, the connection can be used again; otherwise it is destroyed.

import { onAbort } from '../../../async/signals.ts'
import { NetworkError } from '../../../errors.ts'
import { quietly } from '../../../foreign/quietly.ts'
import { type HttpRequest, type HttpResponse, noContent, type SendOptions } from '../../../ports.ts'
import { AnswerBody, type AnswerBodyHooks } from './answer-body.ts'
import {
  type AnswerHead,
  AnswerParser,
  type AnswerSink,
  AnswerSyntaxError,
} from './answer-parser.ts'
import type { Connection, ConnectionUser } from './connection.ts'
import type { IdleWatch, Movable } from './idle-watch.ts'
import { networkFault, placeOf } from './network-fault.ts'
import { bodySize } from './request-head.ts'
import { type Outlet, sendBody } from './send-body.ts'

/** Sends a request. Resolves to the head of the answer; the body follows as a stream. */
export function exchange(
  connection: Connection,
  head: Uint8Array,
  request: HttpRequest,
  options: SendOptions,
  setting: ExchangeSetting,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    new Exchange(connection, head, request, options, setting, { resolve, reject }).start()
  })
}

export interface ExchangeSetting {
  readonly idle: IdleWatch
  /** The size of each buffer of the body, in bytes. */
  readonly bufferSize: number
  /**
   * Called once. With an answer, the connection is idle and can be used again; without one, it must not be
   * used again.
   */
  onEnd(connection: Connection, answer: AnswerHead | undefined): void
}

/** A body that arrives more slowly counts as stalled. */
const bytesPerSecondMin = 200

const useHttps = 'If this port expects TLS, write https:// in the endpoint'

interface Outcome {
  resolve(response: HttpResponse): void
  reject(error: unknown): void
}

/** One object plays all roles of an exchange, because separate closures for each request would cost time. */
class Exchange implements ConnectionUser, Outlet, AnswerSink, AnswerBodyHooks, Movable {
  readonly #connection: Connection
  readonly #request: HttpRequest
  readonly #options: SendOptions
  readonly #setting: ExchangeSetting
  readonly #outcome: Outcome
  readonly #parser: AnswerParser
  /** The head of the request, until it is written together with the first bytes of the body. */
  #head: Uint8Array | undefined
  /** Bytes of the body that were not written to the connection yet. */
  #left: number
  /** True once the connection no longer uses any of our buffers. */
  #isSent = false
  #answer: AnswerHead | undefined
  #answerBody: AnswerBody | undefined
  /** The progress of the answer: 1 after its first byte, 2 after its head. */
  #steps = 0
  #bodyBytes = 0
  #isAnswered = false
  #isOver = false
  /**
   * True while the reader of the answer does not read, as `less` does. That is no sign of a stalled
   * connection.
   */
  #isPaused = false
  /** Removes the listener from the signal. */
  #unwatch: (() => void) | undefined
  /** Resolves the running write. */
  #written: (() => void) | undefined

  constructor(
    connection: Connection,
    head: Uint8Array,
    request: HttpRequest,
    options: SendOptions,
    setting: ExchangeSetting,
    outcome: Outcome,
  ) {
    this.#connection = connection
    this.#head = head
    this.#request = request
    this.#options = options
    this.#setting = setting
    this.#outcome = outcome
    this.#left = bodySize(request.body)
    this.#parser = new AnswerParser(request.method, this)
  }

  start(): void {
    const { signal, idleTimeoutMs } = this.#options
    if (signal !== undefined) {
      this.#unwatch = onAbort(signal, () => this.fail(signal.reason))
    }
    this.#setting.idle.watch(this, idleTimeoutMs)
    this.#connection.use(this)
    if (this.#connection.isReady) this.onReady()
  }

  get isOpen(): boolean {
    return !this.#isOver && this.#answer === undefined
  }

  write(bytes: Uint8Array): Promise<void> {
    const head = this.#head
    this.#head = undefined
    this.#left -= bytes.length
    return new Promise(resolve => {
      this.#written = resolve
      this.#connection.write(head, bytes, resolve)
      if (bytes.length > 0) this.#tellSent(bytes.length)
    })
  }

  #tellSent(bytes: number): void {
    const { onBytesSent } = this.#options
    if (onBytesSent !== undefined) quietly(() => onBytesSent(bytes))
  }

  onReady(): void {
    const sending =
      this.#left === 0
        ? this.write(new Uint8Array())
        : sendBody(this.#request.body!, this, this.#setting.bufferSize)
    sending.then(
      () => {
        this.#isSent = this.#left === 0
        this.#finish()
      },
      error => this.fail(error),
    )
  }

  onData(chunk: Uint8Array): void {
    if (this.#parser.isUntouched) this.#steps ||= 1
    try {
      this.#parser.push(chunk)
    } catch (error) {
      this.fail(this.#badAnswer(error))
      // This also happens if more bytes follow a complete answer.
      this.#connection.reset()
    }
  }

  onEnd(): void {
    if (!this.#parser.end()) this.fail(this.#lost('closed the connection'))
  }

  onError(error: Error): void {
    const { isReady: connected, unpassedProxy: proxy } = this.#connection
    const { origin } = this.#request
    this.fail(networkFault(error, { origin, proxy, connected, sent: this.#sent }))
  }

  onClose(): void {
    // The connection is closed, so no buffer is in use any more, even if the write was not reported as done.
    this.#written?.()
    this.fail(this.#lost('closed the connection'))
  }

  #setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return
    this.#isPaused = isPaused
    if (isPaused) this.#connection.pause()
    else this.#connection.resume()
  }

  get #sent(): 'nothing' | 'maybe' {
    return this.#head === undefined ? 'maybe' : 'nothing'
  }

  onHead(answer: AnswerHead): void {
    this.#answer = answer
    this.#steps = 2
    const { status, headers, hasBody } = answer
    if (hasBody) this.#answerBody = new AnswerBody(this)
    this.#outcome.resolve({ status, headers, body: this.#answerBody ?? noContent })
  }

  onBody(chunk: Uint8Array): void {
    this.#bodyBytes += chunk.length
    this.#answerBody?.push(new Uint8Array(chunk))
  }

  onComplete(): void {
    this.#isAnswered = true
    this.#answerBody?.complete()
    this.#finish()
  }

  pause(): void {
    this.#setPaused(true)
  }

  resume(): void {
    this.#setPaused(false)
  }

  abandon(): void {
    this.#end()
  }

  get moved(): number | undefined {
    if (this.#isPaused) return undefined
    if (!this.#connection.isReady) return this.#connection.moved
    // Body bytes count only in units of `enough`, and interim answers do not count. So an answer that arrives too
    // slowly is treated as stalled.
    const enough = (this.#options.idleTimeoutMs / 1000) * bytesPerSecondMin
    return this.#connection.sent + this.#steps + Math.floor(this.#bodyBytes / enough)
  }

  /**
   * Ends the exchange if the answer arrives before the request is fully sent. The rest of the request is not
   * sent, so the connection cannot be used again.
   */
  #finish(): void {
    if (this.#isOver || !this.#isAnswered || this.#answer === undefined) return
    if (this.#left > 0 || !this.#answer.isLasting) this.#end()
    else if (this.#isSent) this.#end(this.#answer)
  }

  onIdle(): void {
    const { idleTimeoutMs } = this.#options
    this.fail(
      new NetworkError('STALLED', `${this.#place}: no byte moved for ${idleTimeoutMs / 1000} s`, {
        sent: this.#sent,
        hint: 'Check the network connection',
      }),
    )
  }

  get #place(): string {
    return placeOf(this.#request.origin, this.#connection.unpassedProxy)
  }

  #lost(how: string): NetworkError {
    const { origin } = this.#request
    if (!this.#connection.isReady) {
      return new NetworkError('CONNECT_FAILED', `${this.#place} ${how} while it was made`, {
        sent: 'nothing',
      })
    }
    const when = this.#parser.isUntouched ? 'without an answer' : 'in the middle of its answer'
    const isMute = !this.#connection.hasHeard && !this.#connection.endpoint.isSecure
    return new NetworkError('CONNECTION_LOST', `${origin} ${how} ${when}`, {
      sent: this.#sent,
      ...(isMute && { hint: useHttps }),
    })
  }

  #badAnswer(error: unknown): unknown {
    if (!(error instanceof AnswerSyntaxError)) return error
    return new NetworkError(
      'BAD_ANSWER',
      `${this.#request.origin} gave an answer that is not understood: ${error.message}`,
      { sent: this.#sent, cause: error, hint: error.hint },
    )
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    this.#end()
    if (!this.#isAnswered) this.#answerBody?.fail(error)
    this.#outcome.reject(error)
  }

  /** @param answer given if the connection can be used again */
  #end(answer?: AnswerHead): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#setting.idle.leave(this, this.#options.idleTimeoutMs)
    this.#unwatch?.()
    this.#setting.onEnd(this.#connection, answer)
  }
}
