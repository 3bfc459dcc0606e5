// Idle connections. The last used one is taken first, so that connections which are not needed time out. There is no
// limit for connections in use: each running request has one.

import { Connection, type Endpoint } from './connection.ts'
import type { NetworkSettings } from './network-options.ts'
import type { ProxyChoice } from './proxy-choice.ts'

/** The most idle connections of one origin: enough for the highest concurrency. */
const restingMax = 256
/** The longest idle time. Servers close idle connections after 5 s or more; a request at that moment is lost. */
const restMs = 4_000

const readBufferSize = 64 * 1024
/** How often idle connections are checked. One timer serves all of them; requests set none. */
const sweepMs = 1_000

interface Resting {
  readonly connection: Connection
  /** When to close the connection, as a time of `performance.now()`. */
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

  /** @throws {TypeError} for a wrong origin; {OptionError} for a wrong proxy */
  endpoint(origin: string): Endpoint {
    const known = this.#endpoints.get(origin)
    if (known !== undefined) return known
    const endpoint = endpointOf(origin, this.#network.proxyFor)
    this.#endpoints.set(origin, endpoint)
    return endpoint
  }

  /** An idle connection, or a new one, which is not connected yet. */
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

  /** @param keepAliveMs the time that the server gave, if it gave one */
  release(connection: Connection, keepAliveMs = Number.POSITIVE_INFINITY): void {
    const resting = this.#restingAt(connection.endpoint.origin)
    // One second is reserved for bytes in flight when the server's time ends.
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

  /** Closes connections that were idle too long, and forgets closed ones. */
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
