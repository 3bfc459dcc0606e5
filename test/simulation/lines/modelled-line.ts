// A transport over a modelled line: the bytes of each body flow as fast as the line lets them.

import { setMaxListeners } from 'node:events'
import { NetworkError } from '../../../src/errors.ts'
import type { HttpRequest, HttpResponse, SendOptions, Transport } from '../../../src/ports.ts'
import { Dice } from '../random.ts'
import type { VirtualTime } from '../virtual-time.ts'
import type { Conditions, LineModel } from './model.ts'

/** Bytes are reported at least this often, as sockets take them. */
const tellEveryMs = 500
/** What TCP sends on a new connection before it waits for an answer: ten segments (RFC 6928). Bytes. */
const firstWindow = 14_600

/** A connection sends a window in each round trip, and twice as much in the next. */
interface Connection {
  window: number
}

interface Flow {
  readonly connection: Connection
  /** Bytes a millisecond, at the moment. */
  rate: number
  /** Bytes to the end of the body, or to the break. */
  left: number
  sent: number
  told: number
  readonly breaks: boolean
  tell(): void
  end(error?: NetworkError): void
}

export class ModelledLine implements Transport {
  readonly #model: LineModel
  readonly #time: VirtualTime
  readonly #dice = new Dice(1, 'line')
  readonly #flows = new Set<Flow>()
  readonly #idle: Connection[] = []
  #updatedAt = 0
  #cancel = () => {}
  #isTelling = false
  /** Bytes that flowed and came to nothing. */
  wasted = 0
  sent = 0
  requests = 0
  peak = 0
  /** Connections times milliseconds. */
  #connectionMs = 0

  constructor(model: LineModel, time: VirtualTime) {
    this.#model = model
    this.#time = time
    for (const { fromMs } of model.conditions) time.after(fromMs, () => this.#update())
  }

  get meanConnections(): number {
    return this.#connectionMs / Math.max(1, this.#time.now)
  }

  async send(request: HttpRequest, options: SendOptions): Promise<HttpResponse> {
    const { roundTripMs, throttleAbove } = this.#model
    const { body } = request
    // One signal for many requests is what signals are for.
    if (options.signal !== undefined) setMaxListeners(0, options.signal)
    const used = this.#idle.pop()
    const connection = used ?? { window: firstWindow }
    this.requests++
    // A new connection says hello twice: once for TCP, once for TLS.
    await this.#time.sleep(used === undefined ? roundTripMs * 2 : 0, options.signal)
    if (throttleAbove !== undefined && this.#rateWithAnother() > throttleAbove * 1.001) {
      await this.#time.sleep(roundTripMs, options.signal)
      this.#idle.push(connection)
      return answer(503, errorBody('ServiceUnavailable'))
    }
    if (body === undefined || !('read' in body)) throw new TypeError('Not a part')
    await this.#flow(body.size, connection, options)
    await body.read(new Uint8Array(0))
    await this.#time.sleep(roundTripMs, options.signal)
    this.#idle.push(connection)
    return answer(200)
  }

  close(): void {}

  #flow(size: number, connection: Connection, { signal, onBytesSent }: SendOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#advance()
      const untilBreak = this.#untilBreak(size)
      const flow: Flow = {
        connection,
        rate: 0,
        left: Math.min(size, untilBreak),
        sent: 0,
        told: 0,
        tell: () => {
          const bytes = Math.floor(flow.sent) - flow.told
          flow.told += bytes
          if (bytes > 0) onBytesSent?.(bytes)
        },
        breaks: untilBreak < size,
        end: error => {
          signal?.removeEventListener('abort', onAbort)
          this.#flows.delete(flow)
          this.sent += flow.sent
          flow.tell()
          if (error === undefined) resolve()
          else {
            this.wasted += flow.sent
            reject(error)
          }
        },
      }
      const onAbort = () => {
        this.#advance()
        this.#flows.delete(flow)
        reject(signal?.reason)
        this.#update()
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#flows.add(flow)
      this.#widenSoon(flow)
      this.peak = Math.max(this.peak, this.#flows.size)
      this.#prune()
      this.#tellSoon()
      this.#update()
    })
  }

  /** Bytes; after the end of the body: it does not break. */
  #untilBreak(size: number): number {
    const { bytesPerBreak = Number.POSITIVE_INFINITY, requestBreaks = 0 } = this.#model
    if (requestBreaks > 0 && this.#dice.next() < requestBreaks) return size * this.#dice.next()
    return -Math.log(1 - this.#dice.next()) * bytesPerBreak
  }

  #tellSoon(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    this.#time.after(tellEveryMs, () => {
      this.#isTelling = false
      if (this.#flows.size === 0) return
      this.#advance()
      for (const flow of this.#flows) flow.tell()
      this.#tellSoon()
    })
  }

  /** Too many connections for some box on the way: it forgets one of the others for each new one. */
  #prune(): void {
    const { connectionsMax = Number.POSITIVE_INFINITY } = this.#model
    if (this.#flows.size <= connectionsMax) return
    const victim = [...this.#flows][this.#dice.whole(0, this.#flows.size - 2)]
    victim?.end(lost())
  }

  /** Lets the bytes flow that flowed since the last time. */
  #advance(): void {
    const elapsed = this.#time.now - this.#updatedAt
    this.#updatedAt = this.#time.now
    this.#connectionMs += elapsed * this.#flows.size
    if (elapsed === 0) return
    for (const flow of this.#flows) {
      flow.left -= elapsed * flow.rate
      flow.sent += elapsed * flow.rate
    }
  }

  /** Ends what has ended, and finds out when the next one will. */
  #update(): void {
    this.#advance()
    for (const flow of this.#flows) {
      if (flow.left < 1e-3) flow.end(flow.breaks ? lost() : undefined)
    }
    this.#share()
    this.#cancel()
    let next = Number.POSITIVE_INFINITY
    for (const { left, rate } of this.#flows) next = Math.min(next, left / rate)
    if (next < Number.POSITIVE_INFINITY) {
      this.#cancel = this.#time.after(next, () => this.#update())
    }
  }

  /** All get the same, but who wants less leaves the rest to the others. */
  #share(): void {
    const { capacity, others = 0 } = this.#conditions()
    let left = capacity
    let hungry = this.#flows.size + others
    const flows = [...this.#flows].sort((a, b) => this.#wish(a) - this.#wish(b))
    for (const flow of flows) {
      flow.rate = Math.min(this.#wish(flow), left / hungry)
      left -= flow.rate
      hungry--
    }
  }

  #wish({ connection }: Flow): number {
    return Math.min(this.#conditions().perConnection, connection.window / this.#model.roundTripMs)
  }

  /** TCP's slow start. Who sends as fast as it may does not ask for more. */
  #widenSoon(flow: Flow): void {
    const { roundTripMs } = this.#model
    if (flow.connection.window / roundTripMs >= this.#conditions().perConnection) return
    this.#time.after(roundTripMs, () => {
      if (!this.#flows.has(flow)) return
      flow.connection.window *= 2
      this.#update()
      this.#widenSoon(flow)
    })
  }

  /** Of all connections and another one, when they have sent for a while. */
  #rateWithAnother(): number {
    const { capacity, perConnection } = this.#conditions()
    return Math.min(capacity, perConnection * (this.#flows.size + 1))
  }

  #conditions(): Conditions {
    const { conditions } = this.#model
    const now = conditions.findLast(({ fromMs }) => fromMs <= this.#time.now) ?? conditions[0]
    if (now === undefined) throw new RangeError('A line without conditions')
    return now
  }
}

function lost(): NetworkError {
  return new NetworkError('CONNECTION_LOST', 'the connection was reset', { sent: 'maybe' })
}

function answer(status: number, body = ''): HttpResponse {
  const bytes = new TextEncoder().encode(body)
  return {
    status,
    headers: { etag: '"0"', 'x-oss-hash-crc64ecma': '0', 'x-oss-request-id': '0' },
    body: (async function* () {
      if (bytes.length > 0) yield bytes
    })(),
  }
}

function errorBody(code: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>slow down</Message></Error>`
}
