// One request and its answer on one connection. Whatever ends it ends it once: an answer read whole
// gives the connection back, everything else destroys it.

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

/** Resolves to the answer's head; the body follows on its own. */
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
  /** Bytes of each buffer of the body. */
  readonly bufferSize: number
  /** Called once: with the answer if the connection is in order and idle, else it must not be used again. */
  onEnd(connection: Connection, answer: AnswerHead | undefined): void
}

/** A body that comes more slowly stands still. */
const bytesPerSecondMin = 200

const useHttps = 'If this port expects TLS, write https:// in the endpoint'

interface Outcome {
  resolve(response: HttpResponse): void
  reject(error: unknown): void
}

/** Speaks to all parts of an exchange by itself: a closure for each would be made for every request. */
class Exchange implements ConnectionUser, Outlet, AnswerSink, AnswerBodyHooks, Movable {
  readonly #connection: Connection
  readonly #request: HttpRequest
  readonly #options: SendOptions
  readonly #setting: ExchangeSetting
  readonly #outcome: Outcome
  readonly #parser: AnswerParser
  /** The head of the request, until it is written with the first bytes of the body. */
  #head: Uint8Array | undefined
  /** Body bytes that were not handed to the connection yet. */
  #left: number
  /** The connection has done with every buffer of ours. */
  #isSent = false
  #answer: AnswerHead | undefined
  #answerBody: AnswerBody | undefined
  /** How far the answer is: 1 with its first byte, 2 with its whole head. */
  #steps = 0
  #bodyBytes = 0
  #isAnswered = false
  #isOver = false
  /** Who reads the answer takes its time, as `less` does: no sign of a line that stands still. */
  #isPaused = false
  /** Stops listening to the signal. */
  #unwatch: (() => void) | undefined
  /** Ends the write that is under way. */
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
      // Also when the answer was whole and more came behind it.
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
    // Where the system no longer tells, nothing can be in use any more.
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
    // An answer that drips, or that only ever says that it will come, keeps no request waiting.
    const enough = (this.#options.idleTimeoutMs / 1000) * bytesPerSecondMin
    return this.#connection.sent + this.#steps + Math.floor(this.#bodyBytes / enough)
  }

  /** An answer before the end of the request makes the connection useless: its rest is not sent. */
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

  /** @param answer if the connection is in order and may be used again */
  #end(answer?: AnswerHead): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#setting.idle.leave(this, this.#options.idleTimeoutMs)
    this.#unwatch?.()
    this.#setting.onEnd(this.#connection, answer)
  }
}
