// One request and its answer on one connection. Whatever ends it ends it once: an answer read whole
// gives the connection back, everything else destroys it.

import { NetworkError } from '../../../errors.ts'
import type { HttpRequest, HttpResponse, SendOptions } from '../../../ports.ts'
import type { AbortWatch } from './abort-watch.ts'
import { AnswerBody } from './answer-body.ts'
import { type AnswerHead, AnswerParser, AnswerSyntaxError } from './answer-parser.ts'
import type { Connection, ConnectionUser } from './connection.ts'
import { IdleWatch } from './idle-watch.ts'
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
  readonly aborts: AbortWatch
  /** Takes the connection back, in order and idle. */
  giveBack(connection: Connection, answer: AnswerHead): void
  /** Bytes of each buffer of the body. */
  readonly bufferSize: number
}

interface Outcome {
  resolve(response: HttpResponse): void
  reject(error: unknown): void
}

class Exchange implements ConnectionUser, Outlet {
  readonly #connection: Connection
  readonly #request: HttpRequest
  readonly #options: SendOptions
  readonly #setting: ExchangeSetting
  readonly #outcome: Outcome
  readonly #parser: AnswerParser
  readonly #answerBody: AnswerBody
  readonly #watch: IdleWatch
  /** The head of the request, until it is written with the first bytes of the body. */
  #head: Uint8Array | undefined
  /** Body bytes that were not handed to the connection yet. */
  #left: number
  /** The connection has done with every buffer of ours. */
  #isSent = false
  #answer: AnswerHead | undefined
  #isAnswered = false
  #isOver = false
  /** Who reads the answer takes its time, as `less` does: no sign of a line that stands still. */
  #isPaused = false
  /** Stops listening to the signal. */
  #unwatch = () => {}
  /** Callbacks of writes under way. */
  readonly #writes = new Set<() => void>()

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
    this.#parser = new AnswerParser(request.method, {
      onHead: answer => this.#onHead(answer),
      onBody: chunk => this.#answerBody.push(new Uint8Array(chunk)),
      onComplete: () => this.#onComplete(),
    })
    this.#answerBody = new AnswerBody({
      pause: () => this.#setPaused(true),
      resume: () => this.#setPaused(false),
      abandon: () => this.#end(),
    })
    this.#watch = new IdleWatch(
      options.idleTimeoutMs,
      () => (this.#isPaused ? undefined : connection.moved),
      () => this.#stalled(),
    )
  }

  start(): void {
    const { signal } = this.#options
    if (signal !== undefined) {
      this.#unwatch = this.#setting.aborts.watch(signal, () => this.fail(signal.reason))
    }
    this.#connection.use(this)
    if (this.#connection.isReady) this.onReady()
  }

  get isOpen(): boolean {
    return !this.#isOver && this.#answer === undefined
  }

  write(bytes: Uint8Array): Promise<void> {
    const chunks = [this.#head, bytes].filter(chunk => chunk !== undefined)
    this.#head = undefined
    this.#left -= bytes.length
    return new Promise(resolve => {
      const done = () => {
        this.#writes.delete(done)
        resolve()
      }
      this.#writes.add(done)
      this.#connection.write(chunks, done)
      if (bytes.length > 0) this.#options.onBytesSent?.(bytes.length)
    })
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
    for (const done of this.#writes) done()
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

  #onHead(answer: AnswerHead): void {
    this.#answer = answer
    const { status, headers } = answer
    this.#outcome.resolve({ status, headers, body: this.#answerBody })
  }

  #onComplete(): void {
    this.#isAnswered = true
    this.#answerBody.complete()
    this.#finish()
  }

  /** An answer before the end of the request makes the connection useless: its rest is not sent. */
  #finish(): void {
    if (this.#isOver || !this.#isAnswered || this.#answer === undefined) return
    if (this.#left > 0 || !this.#answer.isLasting) this.#end()
    else if (this.#isSent) this.#end(this.#answer)
  }

  #stalled(): void {
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
    return new NetworkError('CONNECTION_LOST', `${origin} ${how} ${when}`, { sent: this.#sent })
  }

  #badAnswer(error: unknown): unknown {
    if (!(error instanceof AnswerSyntaxError)) return error
    return new NetworkError(
      'BAD_ANSWER',
      `${this.#request.origin} gave an answer that is not understood: ${error.message}`,
      { sent: this.#sent, cause: error, hint: 'A proxy may stand in between' },
    )
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    this.#end()
    if (!this.#isAnswered) this.#answerBody.fail(error)
    this.#outcome.reject(error)
  }

  /** @param answer if the connection is in order and may be used again */
  #end(answer?: AnswerHead): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#watch.stop()
    this.#unwatch()
    if (answer === undefined) this.#connection.reset()
    else this.#setting.giveBack(this.#connection, answer)
  }
}
