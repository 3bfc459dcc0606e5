// An HTTP proxy on loopback that leads every host name to one port of this machine, so that names which
// no resolver knows are reached through it and not otherwise.

import { EventEmitter, once } from 'node:events'
import { createServer as createHttp, type IncomingMessage, request } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Certificate } from './certificate.ts'

export interface LoopbackProxy {
  /** `http://127.0.0.1:1234` */
  readonly address: string
  /** What it was asked for: `CONNECT host:443`, `PUT http://host/key`. */
  readonly asked: string[]
  /** How the next connection that breaks did: `ECONNRESET`. */
  nextError(): Promise<string>
  close(): Promise<void>
}

export interface ProxyManners {
  /** The port that all hosts are at. */
  readonly port: number
  /** `user:password` that it wants. */
  readonly login?: string
  /** Refuses with this status. */
  readonly refuses?: number
  readonly tls?: Certificate
}

export async function loopbackProxy(manners: ProxyManners): Promise<LoopbackProxy> {
  const asked: string[] = []
  const open = new Set<Duplex>()
  const happened = new EventEmitter()
  const refusal = ({ headers }: IncomingMessage): number | undefined => {
    if (manners.refuses !== undefined) return manners.refuses
    if (manners.login === undefined) return undefined
    const wanted = `Basic ${Buffer.from(manners.login).toString('base64')}`
    return headers['proxy-authorization'] === wanted ? undefined : 407
  }
  const server = manners.tls === undefined ? createHttp() : createHttps(manners.tls)
  server.on('connection', socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', (error: NodeJS.ErrnoException) => happened.emit('error-code', error.code))
  })
  server.on('connect', (message: IncomingMessage, socket: Duplex) => {
    asked.push(`CONNECT ${message.url}`)
    socket.on('error', () => {})
    const status = refusal(message)
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 2\r\n\r\nno`)
      return
    }
    const onward = connect(manners.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\nvia: loopback\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    onward.on('close', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  })
  server.on('request', (message, answer) => {
    asked.push(`${message.method} ${message.url}`)
    const status = refusal(message)
    if (status !== undefined) {
      answer.writeHead(status).end('no')
      return
    }
    const { pathname, search } = new URL(message.url ?? '')
    const { 'proxy-authorization': _, ...headers } = message.headers
    const onward = request(
      {
        port: manners.port,
        host: '127.0.0.1',
        method: message.method,
        path: pathname + search,
        headers,
      },
      reply => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.pipe(answer)
      },
    )
    onward.on('error', () => answer.destroy())
    message.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: `${manners.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    nextError: async () => String((await once(happened, 'error-code'))[0]),
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
