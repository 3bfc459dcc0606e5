// Connections at rest, the latest used first, so that those not needed run out. There is no limit on
// those in use: one for every request that runs at the same time.

import { Connection, type Endpoint } from './connection.ts'
import type { NetworkSettings } from './network-options.ts'
import type { ProxyChoice } from './proxy-choice.ts'

/** At rest for each origin; enough for the highest concurrency. */
const restingMax = 256
/** Servers close idle connections after 5 s and more; a request written into the closing is lost. */
const restMs = 4_000

const readBufferSize = 64 * 1024
/** How often those that have rested too long are looked for. One timer for all: requests set none. */
const sweepMs = 1_000

interface Resting {
  readonly connection: Connection
  /** To be closed at this moment, by `performance.now()`. */
  readonly until: number
}

export class ConnectionPool {
  readonly #network: NetworkSettings
  readonly #resting = new Map<string, Resting[]>()
  readonly #endpoints = new Map<string, Endpoint>()
  readonly #sessions = new Map<string, Buffer>()
  #readBuffer: Buffer | undefined
  #sweeper: NodeJS.Timeout | undefined

  constructor(network: NetworkSettings) {
    this.#network = network
  }

  /** @throws {TypeError} if the origin is none; {OptionError} if its proxy is none. */
  endpoint(origin: string): Endpoint {
    const known = this.#endpoints.get(origin)
    if (known !== undefined) return known
    const endpoint = endpointOf(origin, this.#network.proxyFor)
    this.#endpoints.set(origin, endpoint)
    return endpoint
  }

  /** A connection at rest, or a new one that is yet to be made. */
  take(endpoint: Endpoint): Connection {
    const { origin } = endpoint
    const now = performance.now()
    const resting = this.#restingAt(origin)
    for (let last = resting.pop(); last !== undefined; last = resting.pop()) {
      const { connection, until } = last
      if (connection.isUsable && now < until) {
        connection.wake()
        return connection
      }
      connection.reset()
    }
    this.#readBuffer ??= Buffer.allocUnsafeSlow(readBufferSize)
    return new Connection(endpoint, {
      readBuffer: this.#readBuffer,
      tls: this.#network.tls,
      session: this.#sessions.get(origin),
      onSession: session => this.#sessions.set(origin, session),
    })
  }

  /** @param keepAliveMs what the server said about it, if anything */
  giveBack(connection: Connection, keepAliveMs = Number.POSITIVE_INFINITY): void {
    const resting = this.#restingAt(connection.endpoint.origin)
    // One second for what is under way when the server's time is up.
    const idleMs = Math.min(restMs, keepAliveMs - 1000)
    if (idleMs <= 0 || !connection.isUsable || resting.length >= restingMax) {
      connection.use(undefined)
      connection.reset()
      return
    }
    connection.rest()
    resting.push({ connection, until: performance.now() + idleMs })
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref()
  }

  close(): void {
    this.#sweep(Number.POSITIVE_INFINITY)
  }

  #restingAt(origin: string): Resting[] {
    let resting = this.#resting.get(origin)
    if (resting === undefined) {
      resting = []
      this.#resting.set(origin, resting)
    }
    return resting
  }

  /** Closes those whose time is up, and forgets those that were closed. */
  #sweep(now = performance.now()): void {
    for (const [origin, all] of this.#resting) {
      const kept = all.filter(({ connection, until }) => connection.isUsable && now < until)
      for (const one of all) if (!kept.includes(one)) one.connection.reset()
      if (kept.length === 0) this.#resting.delete(origin)
      else this.#resting.set(origin, kept)
    }
    if (this.#resting.size > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }
}

export function endpointOf(origin: string, proxyFor: ProxyChoice): Endpoint {
  const url = new URL(origin)
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.origin !== origin) {
    throw new TypeError(`Not an origin: ${origin}`)
  }
  const isSecure = url.protocol === 'https:'
  return {
    origin,
    isSecure,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    authority: url.host,
    proxy: proxyFor(url),
  }
}
