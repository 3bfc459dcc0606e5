// A server of bare sockets that sends its clients any bytes that a test wants, HTTP or not.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface RawServer {
  readonly origin: string
  /** Connections made so far. */
  readonly connections: number
  /** How each connection ended that has: `end` in order, else the error's code. */
  readonly endings: string[]
  /** All bytes received, of all connections. */
  readonly received: () => Buffer
  /** Resolves when the condition holds; looks at it whenever something happens here. */
  until(condition: () => boolean): Promise<void>
  close(): Promise<void>
}

export type OnData = (socket: Socket, all: Buffer, connection: number) => void

/** @param onData called with everything that the connection has received so far, as more comes */
export async function rawServer(
  onData: OnData,
  onConnect = (_socket: Socket) => {},
): Promise<RawServer> {
  const sockets = new Set<Socket>()
  const received: Buffer[] = []
  const endings: string[] = []
  const waiting = new Set<() => void>()
  const happened = () => {
    for (const look of waiting) look()
  }
  let connections = 0
  const server = createServer({ allowHalfOpen: true }, socket => {
    connections += 1
    const connection = connections
    sockets.add(socket)
    let own = Buffer.alloc(0)
    let size = 0
    socket.on('data', chunk => {
      received.push(chunk)
      // Twice the room when it is full: a body of many chunks is not copied for each of them.
      if (size + chunk.length > own.length) {
        own = Buffer.concat([own.subarray(0, size)], 2 * (size + chunk.length))
      }
      own.set(chunk, size)
      size += chunk.length
      onData(socket, own.subarray(0, size), connection)
      happened()
    })
    socket.on('error', error => endings.push((error as NodeJS.ErrnoException).code ?? ''))
    socket.on('end', () => {
      endings.push('end')
      socket.end()
      happened()
    })
    socket.on('close', () => {
      sockets.delete(socket)
      happened()
    })
    onConnect(socket)
    happened()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections
    },
    endings,
    received: () => Buffer.concat(received),
    async until(condition) {
      while (!condition()) {
        await new Promise<void>(resolve => {
          const look = () => {
            waiting.delete(look)
            resolve()
          }
          waiting.add(look)
        })
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers every whole request, as `answer` says, and goes on. */
export function answering(answer: (request: string, index: number) => string): OnData {
  const answered = new WeakMap<Socket, number>()
  let index = 0
  return (socket, all) => {
    let at = answered.get(socket) ?? 0
    for (;;) {
      const end = all.indexOf('\r\n\r\n', at)
      if (end < 0) return
      const head = all.toString('latin1', at, end)
      const size = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0)
      if (all.length < end + 4 + size) return
      const request = all.toString('latin1', at, end + 4 + size)
      at = end + 4 + size
      answered.set(socket, at)
      socket.write(answer(request, index++))
    }
  }
}

export const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'
