// HTTP/1.1 on Node.js over our own sockets. For many small parts this costs a third less CPU time than `node:http`,
// and it can discard bytes that the kernel holds (docs/internals/decisions/0001-byte-path.md).

import type { HttpResponse, Transport } from '../../../ports.ts'
import type { AnswerHead } from './answer-parser.ts'
import type { Connection, Endpoint } from './connection.ts'
import { ConnectionPool } from './connection-pool.ts'
import { exchange } from './exchange.ts'
import type { HttpProxy } from './http-proxy.ts'
import { IdleWatch } from './idle-watch.ts'
import { type NetworkOptions, networkSettings } from './network-options.ts'
import { encodeHead } from './request-head.ts'
import { bufferSizeFor } from './send-body.ts'
import { proxyRefusal } from './tunnel.ts'

/**
 * Sends requests over connections that are reused. There are as many connections as requests at the same time.
 * @throws {OptionError} for wrong options
 */
export function nodeTransport(options: NetworkOptions = {}): Transport {
  const pool = new ConnectionPool(networkSettings(options))
  const idle = new IdleWatch()
  let active = 0
  const onEnd = (connection: Connection, answer: AnswerHead | undefined) => {
    active--
    if (answer === undefined) connection.reset()
    else pool.release(connection, keepAliveMs(answer))
  }
  return {
    send(request, options) {
      let endpoint: Endpoint
      let head: Uint8Array
      try {
        options.signal?.throwIfAborted()
        endpoint = pool.endpoint(request.origin)
        head = encodeHead(request, endpoint)
      } catch (error) {
        return Promise.reject(error)
      }
      active++
      const setting = { idle, bufferSize: bufferSizeFor(active), onEnd }
      const sending = exchange(pool.take(endpoint), head, request, options, setting)
      const { proxy, authority } = endpoint
      return proxy === undefined
        ? sending
        : sending.then(response => unlessRefused(response, proxy, authority))
    },
    close: () => pool.close(),
  }
}

/** Without TLS, the request goes to the proxy itself, so the proxy's refusal looks like an answer of OSS. */
async function unlessRefused(response: HttpResponse, proxy: HttpProxy, authority: string) {
  if (response.status !== 407) return response
  for await (const _ of response.body) break
  throw proxyRefusal(proxy, authority, response.status)
}

/** How long the server keeps an idle connection, from `Keep-Alive: timeout=5`. */
function keepAliveMs({ headers }: AnswerHead): number | undefined {
  const seconds = /\btimeout=(\d{1,6})/i.exec(headers['keep-alive'] ?? '')?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
