// Turns system errors into our errors, by their codes. No other place knows the codes of Node.js and OpenSSL. Messages
// are never parsed.

import { isOssupError, NetworkError } from '../../../errors.ts'
import { codeOf, isError } from '../../../foreign/error.ts'
import type { HttpProxy } from './http-proxy.ts'

type Fault = readonly [
  code: 'CONNECT_FAILED' | 'CONNECTION_LOST' | 'TLS_FAILED',
  what: string,
  hint?: string,
]

const checkNetwork = 'Check the network connection'
const checkEndpoint = 'Check the endpoint'
const checkClock = "Check this computer's clock"
const checkTrust =
  'A proxy may be reading the connection: have its certificate authority trusted (ca, --ca-file or NODE_EXTRA_CA_CERTS)'

/** Errors of a connection that is being made: no byte of the request has left this machine. */
const connecting: Readonly<Record<string, Fault>> = {
  ENOTFOUND: ['CONNECT_FAILED', 'no such host', `${checkEndpoint} and the network connection`],
  EAI_AGAIN: ['CONNECT_FAILED', 'its name could not be looked up', checkNetwork],
  ECONNREFUSED: [
    'CONNECT_FAILED',
    'the connection was refused',
    `${checkEndpoint} and its port; a firewall may refuse it as well`,
  ],
  EHOSTUNREACH: ['CONNECT_FAILED', 'there is no route to it', checkNetwork],
  ENETUNREACH: ['CONNECT_FAILED', 'the network is unreachable', checkNetwork],
  ENETDOWN: ['CONNECT_FAILED', 'the network is down', checkNetwork],
  ETIMEDOUT: [
    'CONNECT_FAILED',
    'it did not answer in time',
    `${checkNetwork}; an internal endpoint answers only inside its region`,
  ],
  ECONNRESET: ['CONNECT_FAILED', 'the connection was reset while it was made', checkNetwork],
  EPIPE: ['CONNECT_FAILED', 'the connection was closed while it was made', checkNetwork],
  EADDRNOTAVAIL: ['CONNECT_FAILED', 'no local port is free', 'Use fewer connections'],
  EMFILE: ['CONNECT_FAILED', 'too many files are open', 'Raise the limit (ulimit -n)'],
  ENFILE: ['CONNECT_FAILED', 'too many files are open on this machine'],
  EACCES: ['CONNECT_FAILED', 'the system forbids the connection', 'Check the firewall'],
  EPERM: ['CONNECT_FAILED', 'the system forbids the connection', 'Check the firewall'],
  EPROTO: ['TLS_FAILED', 'it does not speak TLS as expected', `${checkEndpoint}: is it http?`],
  CERT_HAS_EXPIRED: ['TLS_FAILED', 'its certificate has expired', checkClock],
  CERT_NOT_YET_VALID: ['TLS_FAILED', 'its certificate is not valid yet', checkClock],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'TLS_FAILED',
    'its certificate is for another host',
    `${checkEndpoint}; a custom domain needs its own certificate`,
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['TLS_FAILED', 'its certificate is self-signed', checkTrust],
  SELF_SIGNED_CERT_IN_CHAIN: ['TLS_FAILED', 'its certificate chain is not trusted', checkTrust],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['TLS_FAILED', 'its certificate is not trusted', checkTrust],
  UNABLE_TO_GET_ISSUER_CERT: ['TLS_FAILED', 'its certificate is not trusted', checkTrust],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['TLS_FAILED', 'its certificate is not trusted', checkTrust],
  CERT_UNTRUSTED: ['TLS_FAILED', 'its certificate is not trusted', checkTrust],
  CERT_REVOKED: ['TLS_FAILED', 'its certificate was revoked'],
}

const nobodyThere: ReadonlySet<string> = new Set(['ENOTFOUND', 'ECONNREFUSED'])

/** The error to report for the error of a socket. */
export function networkFault(
  error: unknown,
  at: {
    origin: string
    /** The proxy, if the connection did not get past it. */
    proxy?: HttpProxy | undefined
    connected: boolean
    sent: 'nothing' | 'maybe'
  },
): unknown {
  if (isOssupError(error)) return error
  const code = errorCode(error)
  const [kind, what, usualHint] = at.connected
    ? (['CONNECTION_LOST', 'the connection was lost'] as const)
    : (connecting[code] ?? otherFault(code))
  const hint = at.proxy === undefined ? usualHint : `Check ${at.proxy.from} and the proxy itself`
  return new NetworkError(kind, `${placeOf(at.origin, at.proxy)}: ${what} (${code})`, {
    sent: at.sent,
    nobodyThere: !at.connected && nobodyThere.has(code),
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The host that we could not reach: OSS or the proxy. */
export function placeOf(origin: string, proxy: HttpProxy | undefined): string {
  return proxy === undefined ? origin : `${origin}: the proxy ${proxy.name}`
}

function otherFault(code: string): Fault {
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')
    ? ['TLS_FAILED', 'no secure connection could be made', `${checkEndpoint}: is it http?`]
    : ['CONNECT_FAILED', 'no connection could be made', checkNetwork]
}

/** The code of an error. If several addresses were tried, Node's AggregateError has the code of the first. */
function errorCode(error: unknown): string {
  const code = codeOf(error)
  if (code !== undefined || !isError(error)) return code ?? 'unknown'
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors : []
  return inner.length > 0 ? errorCode(inner[0]) : 'unknown'
}
