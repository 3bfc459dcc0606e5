// Connections at rest, the latest used first, so that those not needed run out. There is no limit on
// those in use: one for every request that runs at the same time.

import { Connection, type Endpoint } from './connection.ts'

/** At rest for each origin; enough for the highest concurrency. */
const restingMax = 256
/** Servers close idle connections after 5 s and more; a request written into the closing is lost. */
const restMs = 4_000

export class ConnectionPool {
  readonly #ca: string | undefined
  readonly #resting = new Map<string, Connection[]>()
  readonly #endpoints = new Map<string, Endpoint>()
  readonly #sessions = new Map<string, Buffer>()

  constructor(ca: string | undefined) {
    this.#ca = ca
  }

  /** @throws {TypeError} if the origin is none. */
  endpoint(origin: string): Endpoint {
    const known = this.#endpoints.get(origin)
    if (known !== undefined) return known
    const endpoint = parseOrigin(origin)
    this.#endpoints.set(origin, endpoint)
    return endpoint
  }

  /** A connection at rest, or a new one that is yet to be made. */
  take(endpoint: Endpoint): Connection {
    const { origin } = endpoint
    const resting = this.#resting.get(origin) ?? []
    for (let connection = resting.pop(); connection !== undefined; connection = resting.pop()) {
      if (!connection.isUsable) continue
      connection.wake()
      return connection
    }
    return new Connection(endpoint, {
      ca: this.#ca,
      session: this.#sessions.get(origin),
      onSession: session => this.#sessions.set(origin, session),
    })
  }

  /** @param keepAliveMs what the server said about it, if anything */
  giveBack(connection: Connection, keepAliveMs = Number.POSITIVE_INFINITY): void {
    const { origin } = connection.endpoint
    const resting = (this.#resting.get(origin) ?? []).filter(({ isUsable }) => isUsable)
    this.#resting.set(origin, resting)
    // One second for what is under way when the server's time is up.
    const idleMs = Math.min(restMs, keepAliveMs - 1000)
    if (idleMs <= 0 || !connection.isUsable || resting.length >= restingMax) {
      connection.use(undefined)
      connection.reset()
      return
    }
    connection.rest(idleMs)
    resting.push(connection)
  }

  close(): void {
    for (const resting of this.#resting.values()) {
      for (const connection of resting) connection.reset()
    }
    this.#resting.clear()
  }
}

function parseOrigin(origin: string): Endpoint {
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
  }
}
