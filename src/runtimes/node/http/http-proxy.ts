// One HTTP proxy: where it is and how to ask it. Its password is kept apart from its name, so that no
// message can show it.

import { OptionError } from '../../../errors.ts'

export interface HttpProxy {
  readonly host: string
  readonly port: number
  /** The connection to the proxy itself is over TLS. */
  readonly isSecure: boolean
  /** The value of `proxy-authorization`. */
  readonly authorization: string | undefined
  /** For messages: `http://proxy.example:3128`, without user and password. */
  readonly name: string
  /** Who named it: a variable of the environment, or the option `proxy`. */
  readonly from: string
}

/**
 * Reads `[http[s]://][user:password@]host[:port]`.
 * @param from the variable or option it stands in
 * @throws {OptionError} `INVALID_PROXY`, without the text: it may hold a password.
 */
export function parseProxy(text: string, from: string): HttpProxy {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || url.hostname === '') throw invalid(`${from} is no proxy's address`)
  const { protocol, hostname, port, username, password } = url
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw invalid(`${from} names a proxy of the kind ${protocol.slice(0, -1)}`)
  }
  const isSecure = protocol === 'https:'
  const user = `${decoded(username)}:${decoded(password)}`
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    isSecure,
    authorization:
      user === ':' ? undefined : `Basic ${Buffer.from(user, 'utf8').toString('base64')}`,
    name: url.origin,
    from,
  }
}

/** A password with a plain `%` was not encoded: it is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function invalid(what: string): OptionError {
  return new OptionError('INVALID_PROXY', what, {
    hint: 'Allowed: http://host:port or https://host:port, with user:password@ before the host if need be; NO_PROXY names the hosts that are reached without it',
  })
}
