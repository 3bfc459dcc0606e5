// Opens a tunnel through a proxy with CONNECT. After that, the socket connects the two ends.

import type { Socket } from 'node:net'
import { NetworkError } from '../../../errors.ts'
import type { HttpProxy } from './http-proxy.ts'

export interface TunnelEnd {
  readonly host: string
  readonly port: number
}

/** A proxy's answer is short. A longer one is treated as invalid. */
const answerSizeMax = 16 * 1024

/**
 * Asks the proxy at the other end of the socket for a tunnel. Calls back once, with an error if the proxy
 * refuses. The socket itself reports its failure or close.
 */
export function openTunnel(
  socket: Socket,
  proxy: HttpProxy,
  to: TunnelEnd,
  done: (error?: NetworkError) => void,
): void {
  const authority = `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`
  const { authorization } = proxy
  const login = authorization === undefined ? '' : `proxy-authorization: ${authorization}\r\n`
  let answer = ''
  const read = () => {
    const chunk: Buffer | null = socket.read()
    if (chunk === null) {
      socket.once('readable', read)
      return
    }
    answer += chunk.toString('latin1')
    const end = answer.indexOf('\r\n\r\n')
    const status = /^HTTP\/1\.[01] (\d{3})[ \r]/.exec(answer)?.[1]
    if (end < 0 && answer.length < answerSizeMax && 'HTTP/1.'.startsWith(answer.slice(0, 7))) read()
    else if (end < 0 || status === undefined) done(notUnderstood(proxy))
    else if (!status.startsWith('2')) done(proxyRefusal(proxy, authority, Number(status)))
    // In every protocol that is used through the tunnel, the client sends first. Bytes after the answer are
    // therefore invalid.
    else if (answer.length > end + 4) done(notUnderstood(proxy))
    else done()
  }
  socket.once('readable', read)
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${login}\r\n`)
}

/** The error for a proxy's refusal, from the status of its answer. */
export function proxyRefusal(proxy: HttpProxy, authority: string, status: number): NetworkError {
  const { name, from } = proxy
  if (status === 407) {
    const isKnown = proxy.authorization !== undefined
    const what = isKnown ? 'does not accept the user and password' : 'asks for a user and password'
    return new NetworkError('PROXY_REFUSED', `The proxy ${name} ${what} (407)`, {
      sent: 'nothing',
      hint: `Set them in ${from}: http://user:password@host:port, with %40 for an @ in them`,
    })
  }
  if (status >= 500 || status === 429 || status === 408) {
    return new NetworkError(
      'CONNECT_FAILED',
      `The proxy ${name} could not connect to ${authority} (${status})`,
      { sent: 'nothing', hint: 'Check the endpoint and what the proxy can reach' },
    )
  }
  return new NetworkError(
    'PROXY_REFUSED',
    `The proxy ${name} refuses to connect to ${authority} (${status})`,
    {
      sent: 'nothing',
      hint: `Ask the administrator of the proxy to allow it, check ${from}, or name the host in NO_PROXY`,
    },
  )
}

function notUnderstood({ name, from }: HttpProxy): NetworkError {
  return new NetworkError('BAD_ANSWER', `${name} does not answer as an HTTP proxy does`, {
    sent: 'nothing',
    hint: `Check ${from}`,
  })
}
