// A transport that fails on request, so that you can test how your program handles failures.

import { NetworkError } from '../errors.ts'
import { isBytes } from '../foreign/bytes.ts'
import type { Body, HttpRequest, HttpResponse, SendOptions, Transport } from '../ports.ts'

/**
 * - `lose-request`: the connection breaks and nothing reaches OSS
 * - `lose-answer`: OSS performs the request, and the connection breaks before its answer
 * - `reset-in-body`: the connection breaks after half of the body
 */
export type TransportFault = 'lose-request' | 'lose-answer' | 'reset-in-body'

/**
 * Wraps a transport.
 * @param choose returns the fault of each request, or `undefined` for none; `count` is the request's number,
 * from 1
 */
export function faultyTransport(
  inner: Transport,
  choose: (request: HttpRequest, count: number) => TransportFault | undefined,
): Transport {
  let count = 0
  return {
    ...(inner.connections !== undefined && { connections: inner.connections }),
    isOffline: error => inner.isOffline?.(error) ?? false,
    async send(request, options) {
      count++
      const fault = choose(request, count)
      if (fault === undefined) return inner.send(request, options)
      if (fault === 'lose-request') throw broken('nothing')
      if (fault === 'reset-in-body') return sendHalf(inner, request, options)
      await drain(await inner.send(request, options))
      throw broken('maybe')
    },
    close: () => inner.close(),
  }
}

function broken(sent: 'nothing' | 'maybe'): NetworkError {
  return new NetworkError('CONNECTION_LOST', 'The connection was broken on purpose', { sent })
}

/** Requests without a body, or with a small one, are lost as a whole. */
async function sendHalf(
  inner: Transport,
  request: HttpRequest,
  options: SendOptions,
): Promise<HttpResponse> {
  const { body } = request
  if (body === undefined || isBytes(body)) throw broken('nothing')
  return inner.send({ ...request, body: firstHalf(body) }, options)
}

function firstHalf(body: Body): Body {
  let done = 0
  return {
    size: body.size,
    async read(into) {
      if (done >= body.size / 2) throw broken('maybe')
      const count = await body.read(into)
      done += count
      return count
    },
  }
}

async function drain(response: HttpResponse): Promise<void> {
  for await (const _ of response.body);
}
