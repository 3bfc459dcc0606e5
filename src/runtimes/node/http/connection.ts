// One connection, plain or TLS, used by one request after the other. A TLS connection is laid over a
// socket of its own, because only the socket below can be reset: closing it in the ordinary way
// would let the kernel go on sending what it still holds. Where a proxy is in the way, its tunnel lies
// between the two.

import { connect, isIP, type OnReadOpts, type Socket } from 'node:net'
import { connect as secure, type TLSSocket } from 'node:tls'
import type { HttpProxy } from './http-proxy.ts'
import type { TlsSettings } from './network-options.ts'
import { openTunnel } from './tunnel.ts'

export interface Endpoint {
  readonly origin: string
  readonly isSecure: boolean
  readonly host: string
  readonly port: number
  /** The Host header. */
  readonly authority: string
  /** What connections go through. */
  readonly proxy?: HttpProxy | undefined
}

/** What was reached, in this order; `lookup` once for each address, `secure` last. */
export type Stage = 'lookup' | 'connect' | 'tunnel' | 'secure'

export interface ConnectionOptions {
  /**
   * What plain connections read into, one after the other; TLS cannot. Node would else allocate 64 KiB
   * for every answer, however short, which costs as much as sending a small part.
   */
  readonly readBuffer: Buffer
  /** Whom to trust. */
  readonly tls?: TlsSettings | undefined
  /** The session to resume, from an earlier connection. */
  readonly session?: Buffer | undefined
  readonly onSession?: (session: Buffer) => void
  /** For those who want to know how far it got. @param address with `lookup` */
  readonly onStage?: (stage: Stage, socket: Socket, address?: string) => void
}

/** Whoever uses a connection at the moment. */
export interface ConnectionUser {
  /** It is connected, over TLS if so wanted. */
  onReady(): void
  /** The bytes are there during the call only. */
  onData(chunk: Uint8Array): void
  /** The other side will send nothing more. */
  onEnd(): void
  onError(error: Error): void
  /** It is gone; no buffer is in use any more. */
  onClose(): void
}

export class Connection {
  readonly endpoint: Endpoint
  #user: ConnectionUser | undefined
  #isReady = false
  #isPastProxy: boolean
  readonly #bottom: Socket
  #top: Socket | TLSSocket

  constructor(endpoint: Endpoint, options: ConnectionOptions) {
    this.endpoint = endpoint
    const { isSecure, proxy } = endpoint
    const { host, port } = proxy ?? endpoint
    const isPlain = !isSecure && !proxy?.isSecure
    this.#isPastProxy = proxy === undefined
    this.#bottom = connect({
      host,
      port,
      noDelay: true,
      // Node's 250 ms for each address but the last are too few for a line around the world.
      autoSelectFamilyAttemptTimeout: 1000,
      ...(isPlain ? { onread: this.#reading(options.readBuffer) } : {}),
    })
    this.#top = this.#bottom
    const { onStage } = options
    if (onStage !== undefined) {
      this.#bottom.on('lookup', (_, address) => onStage('lookup', this.#bottom, address))
      this.#bottom.once('connect', () => onStage('connect', this.#bottom))
    }
    if (isPlain) {
      this.#listen(this.#bottom, 'connect')
      return
    }
    this.#bottom.once('error', this.#onConnectError)
    this.#bottom.once('close', this.#onConnectClose)
    this.#bottom.once('connect', () => this.#lay(options))
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** The proxy, while it was not got past: what goes wrong is between it and us. */
  get unpassedProxy(): HttpProxy | undefined {
    return this.#isPastProxy ? undefined : this.endpoint.proxy
  }

  /** It can take another request. */
  get isUsable(): boolean {
    return this.#isReady && this.#top.writable && this.#top.readable
  }

  /**
   * A number that changes with every byte that the kernel took from us or has given to us. A large
   * write counts as it is taken, not as a whole.
   */
  get moved(): number {
    return this.#bottom.bytesRead + this.#top.bytesWritten - queuedBytes(this.#bottom)
  }

  /** The same for bytes that were sent alone. */
  get sent(): number {
    return this.#top.bytesWritten - queuedBytes(this.#bottom)
  }

  /** The other side has said something on it, of whatever kind. */
  get hasHeard(): boolean {
    return this.#bottom.bytesRead > 0
  }

  use(user: ConnectionUser | undefined): void {
    this.#user = user
  }

  /**
   * Writes bytes, and at once with them those that go before; calls back when none of them is in use any
   * more, also if they were not sent.
   */
  write(before: Uint8Array | undefined, bytes: Uint8Array, done: () => void): void {
    if (before === undefined) {
      this.#top.write(bytes, done)
      return
    }
    this.#top.cork()
    this.#top.write(before)
    this.#top.write(bytes, done)
    this.#top.uncork()
  }

  pause(): void {
    this.#top.pause()
  }

  resume(): void {
    this.#top.resume()
  }

  /** Lets the process end while nobody uses it. */
  rest(): void {
    this.#user = undefined
    if (this.#top.isPaused()) this.#top.resume()
    this.#bottom.unref()
    if (this.#top !== this.#bottom) this.#top.unref()
  }

  wake(): void {
    this.#bottom.ref()
    if (this.#top !== this.#bottom) this.#top.ref()
  }

  /** Ends it at once; what the kernel has not sent yet is thrown away. */
  reset(): void {
    if (this.#isReady && !this.#bottom.destroyed) this.#bottom.resetAndDestroy()
    this.#bottom.destroy()
    this.#top.destroy()
  }

  #reading(buffer: Buffer): OnReadOpts {
    const callback = (count: number) => {
      this.#onData(buffer.subarray(0, count))
      return true
    }
    return { buffer, callback }
  }

  #onData(chunk: Uint8Array): void {
    // An answer that nobody asked for: whatever it is, it must not be taken for the next one.
    if (this.#user === undefined) this.reset()
    else this.#user.onData(chunk)
  }

  readonly #onConnectError = (error: Error) => this.#user?.onError(error)
  readonly #onConnectClose = () => this.#user?.onClose()

  /** Over the connected socket: TLS to the proxy, the tunnel, TLS to OSS, each only where it is wanted. */
  #lay(options: ConnectionOptions): void {
    const { isSecure, proxy } = this.endpoint
    const { onStage, session, onSession } = options
    const secureEnd = () => {
      const top = this.#secure(this.endpoint.host, { ...options.tls, ...(session && { session }) })
      if (onSession !== undefined) top.on('session', onSession)
      if (onStage !== undefined) top.once('secureConnect', () => onStage('secure', top))
      this.#listen(top, 'secureConnect')
    }
    const passProxy = (to: HttpProxy) =>
      openTunnel(this.#top, to, this.endpoint, error => {
        if (error !== undefined) {
          this.#user?.onError(error)
          return
        }
        this.#isPastProxy = true
        onStage?.('tunnel', this.#bottom)
        secureEnd()
      })
    if (proxy === undefined) {
      secureEnd()
    } else if (proxy.isSecure) {
      const top = this.#secure(proxy.host, { ...options.tls })
      if (!isSecure) {
        this.#listen(top, 'secureConnect')
        return
      }
      top.once('error', this.#onConnectError)
      top.once('close', this.#onConnectClose)
      top.once('secureConnect', () => passProxy(proxy))
    } else {
      passProxy(proxy)
    }
  }

  /** TLS on top of what is there. */
  #secure(host: string, settings: TlsSettings & { session?: Buffer }): TLSSocket {
    const below = this.#top
    below.off('error', this.#onConnectError)
    below.off('close', this.#onConnectClose)
    // Errors of the socket below reach us through the one above.
    below.on('error', () => {})
    const top = secure({
      ...settings,
      socket: below,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['http/1.1'],
    })
    this.#top = top
    return top
  }

  #listen(socket: Socket | TLSSocket, ready: 'connect' | 'secureConnect'): void {
    socket.once(ready, () => {
      this.#isReady = true
      this.#isPastProxy = true
      this.#user?.onReady()
    })
    if (socket !== this.#bottom) socket.on('data', chunk => this.#onData(chunk))
    socket.on('end', () => (this.#user === undefined ? this.reset() : this.#user.onEnd()))
    socket.on('error', error => this.#user?.onError(error))
    socket.on('close', () => this.#user?.onClose())
  }
}

/**
 * What the kernel has not taken yet. Node has no public name for it; without it a write counts as
 * moved when it is handed over, and only a write larger than the line moves in one idle time-out
 * would be taken for a stall.
 */
function queuedBytes(socket: Socket): number {
  const { _handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null }
  return _handle?.writeQueueSize ?? 0
}
