// A request's body as the handler reads it: chunk by chunk, with back-pressure, and with a time limit for clients
// that stall.

import type { IncomingMessage } from 'node:http'
import { BrokenBody } from './http.ts'

export interface RequestBodyOptions {
  readonly idleTimeoutMs: number
  /** Called before the first read of the body: the time to send `100 Continue`. */
  readonly onFirstRead?: () => void
}

/** Maximum number of bytes taken from the socket before the handler asks for them. */
const queueSizeMax = 1024 * 1024
/**
 * Number of bytes that extend the time limit. A body slower than that counts as stalled: it would hold its connection
 * without end.
 */
const progressSize = 1024

export class RequestBody
  implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined>
{
  readonly #incoming: IncomingMessage
  readonly #options: RequestBodyOptions
  #queue: Uint8Array[] = []
  #queueSize = 0
  #wake: (() => void) | undefined
  #broken: BrokenBody | undefined
  #idle: NodeJS.Timeout | undefined
  /** Bytes that arrived since the time limit was last extended. */
  #progress = 0
  /** Whether the handler has read from the body. */
  wasRead = false

  constructor(incoming: IncomingMessage, options: RequestBodyOptions) {
    this.#incoming = incoming
    this.#options = options
    incoming.on('error', () => this.#break('aborted'))
    incoming.on('close', () => this.#break('aborted'))
  }

  get isComplete(): boolean {
    return this.#incoming.complete
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.wasRead) this.#start()
    for (;;) {
      const chunk = this.#queue.shift()
      if (chunk) {
        this.#queueSize -= chunk.length
        if (this.#queueSize < queueSizeMax / 2) this.#incoming.resume()
        return { done: false, value: chunk }
      }
      if (this.#incoming.readableEnded || this.#incoming.complete) {
        this.#stopTimer()
        if (this.#incoming.readableLength === 0) return { done: true, value: undefined }
      }
      if (this.#broken) {
        this.#stopTimer()
        throw this.#broken
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#stopTimer()
    return { done: true, value: undefined }
  }

  /** Reads and drops the rest. Destroys the connection if the rest is larger than `sizeMax`. */
  discardRest(sizeMax: number, onDone: () => void): void {
    let size = 0
    this.#stopTimer()
    this.#queue = []
    this.#incoming.removeAllListeners('data')
    this.#incoming.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size > sizeMax) this.#incoming.socket.destroy()
    })
    this.#incoming.once('close', onDone)
    this.#incoming.resume()
  }

  #start(): void {
    this.wasRead = true
    this.#options.onFirstRead?.()
    this.#incoming.on('data', (chunk: Uint8Array) => {
      this.#progress += chunk.length
      if (this.#progress >= progressSize) {
        this.#progress = 0
        this.#idle?.refresh()
      }
      this.#queue.push(chunk)
      this.#queueSize += chunk.length
      if (this.#queueSize >= queueSizeMax) this.#incoming.pause()
      this.#notify()
    })
    this.#incoming.on('end', () => this.#notify())
    if (this.#incoming.complete) return
    this.#idle = setTimeout(() => {
      // The queue is not empty: the client waits for the store, so the client has not stalled.
      if (this.#queueSize > 0) this.#idle?.refresh()
      else this.#break('stalled')
    }, this.#options.idleTimeoutMs)
  }

  #break(reason: 'aborted' | 'stalled'): void {
    if (this.#incoming.complete) return
    this.#broken ??= new BrokenBody(reason)
    this.#notify()
  }

  #notify(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #stopTimer(): void {
    clearTimeout(this.#idle)
  }
}
