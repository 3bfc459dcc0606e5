// One connection, plain or TLS, for one request after the other. A TLS connection has its own socket below it, because
// only that socket can be reset: after a normal close, the kernel still sends the bytes that it has. With a proxy, the
// tunnel is between the two.

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
  /** The proxy, if there is one. */
  readonly proxy?: HttpProxy | undefined
}

/** The stages of a connection, in this order; `lookup` once for each address, `secure` last. */
export type Stage = 'lookup' | 'connect' | 'tunnel' | 'secure'

export interface ConnectionOptions {
  /**
   * One buffer that all plain connections read into (TLS cannot). Without it, Node.js allocates 64 KiB for each
   * answer, also for short ones. That costs as much as sending a small part.
   */
  readonly readBuffer: Buffer
  /** The trusted certificate authorities. */
  readonly tls?: TlsSettings | undefined
  /** The session to resume, from an earlier connection. */
  readonly session?: Buffer | undefined
  readonly onSession?: (session: Buffer) => void
  /** Called at each stage. @param address only with `lookup` */
  readonly onStage?: (stage: Stage, socket: Socket, address?: string) => void
}

/** The current user of a connection: a request, or the pool. */
export interface ConnectionUser {
  /** Called when the connection is ready, with TLS if wanted. */
  onReady(): void
  /** Called with bytes, which are valid during the call only. */
  onData(chunk: Uint8Array): void
  /** Called when the other side will send no more bytes. */
  onEnd(): void
  onError(error: Error): void
  /** Called when the connection is closed and uses no buffer any more. */
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
      // Node's 250 ms for each address but the last are too short for a distant server.
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

  /** The proxy, while the connection is not past it: until then, each fault is between it and us. */
  get unpassedProxy(): HttpProxy | undefined {
    return this.#isPastProxy ? undefined : this.endpoint.proxy
  }

  /** True if the connection can take another request. */
  get isUsable(): boolean {
    return this.#isReady && this.#top.writable && this.#top.readable
  }

  /**
   * A number that changes with each byte that the kernel took from us or gave to us. It also changes while the kernel
   * takes a large write.
   */
  get moved(): number {
    return this.#bottom.bytesRead + this.#top.bytesWritten - queuedBytes(this.#bottom)
  }

  /** The same for sent bytes only. */
  get sent(): number {
    return this.#top.bytesWritten - queuedBytes(this.#bottom)
  }

  /** True if the other side has sent any byte. */
  get hasHeard(): boolean {
    return this.#bottom.bytesRead > 0
  }

  use(user: ConnectionUser | undefined): void {
    this.#user = user
  }

  /**
   * Writes bytes, together with those that go before them. Calls back when it no longer uses any of them, also if they
   * were not sent.
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

  /** Lets the process end while no request uses it. */
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

  /** Closes the connection at once. Bytes that the kernel has not sent are dropped. */
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
    // These bytes belong to no request. They must not be read as the answer to the next one.
    if (this.#user === undefined) this.reset()
    else this.#user.onData(chunk)
  }

  readonly #onConnectError = (error: Error) => this.#user?.onError(error)
  readonly #onConnectClose = () => this.#user?.onClose()

  /** On the connected socket: TLS to the proxy, the tunnel, and TLS to OSS, each only if wanted. */
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

  /** Adds TLS to the current socket. */
  #secure(host: string, settings: TlsSettings & { session?: Buffer }): TLSSocket {
    const below = this.#top
    below.off('error', this.#onConnectError)
    below.off('close', this.#onConnectClose)
    // Errors of the lower socket arrive through the upper one.
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
 * Bytes that the kernel has not taken yet. Node.js has no public name for it. Without it, a write would count as moved
 * only as a whole, and a write that takes longer than the idle timeout would count as a stall.
 */
function queuedBytes(socket: Socket): number {
  const { _handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null }
  return _handle?.writeQueueSize ?? 0
}
