// HTTP/1.1 on Node.js, on sockets of our own: for many small parts it costs a third less than
// `node:http`, and it can throw away what the kernel holds (docs/decisions/0001-byte-path.md).

import type { Transport } from '../../ports.ts'
import { AbortWatch } from './http/abort-watch.ts'
import type { AnswerHead } from './http/answer-parser.ts'
import type { Connection } from './http/connection.ts'
import { ConnectionPool } from './http/connection-pool.ts'
import { exchange } from './http/exchange.ts'
import { encodeHead } from './http/request-head.ts'
import { bufferSizeFor } from './http/send-body.ts'

export interface NodeTransportOptions {
  /** Certificate authorities to trust instead of the built-in ones, PEM. @default those of Node.js */
  ca?: string
}

/** Sends requests over connections that are kept for the next; there are as many as run at once. */
export function nodeTransport({ ca }: NodeTransportOptions = {}): Transport {
  const pool = new ConnectionPool(ca)
  const aborts = new AbortWatch()
  const giveBack = (connection: Connection, answer: AnswerHead) =>
    pool.giveBack(connection, keepAliveMs(answer))
  let active = 0
  return {
    async send(request, options) {
      options.signal?.throwIfAborted()
      const endpoint = pool.endpoint(request.origin)
      const head = encodeHead(request, endpoint.authority)
      active++
      try {
        const setting = { aborts, giveBack, bufferSize: bufferSizeFor(active) }
        return await exchange(pool.take(endpoint), head, request, options, setting)
      } finally {
        active--
      }
    },
    close: () => pool.close(),
  }
}

/** How long the server says it keeps the connection, from `Keep-Alive: timeout=5`. */
function keepAliveMs({ headers }: AnswerHead): number | undefined {
  const seconds = /\btimeout=(\d{1,6})/i.exec(headers['keep-alive'] ?? '')?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
