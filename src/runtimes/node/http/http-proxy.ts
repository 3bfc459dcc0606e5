// One HTTP proxy: its address and its password. The password is not part of the name, so that no message shows it.

import { OptionError } from '../../../errors.ts'

export interface HttpProxy {
  readonly host: string
  readonly port: number
  /** True if the connection to the proxy itself uses TLS. */
  readonly isSecure: boolean
  /** The value of `proxy-authorization`. */
  readonly authorization: string | undefined
  /** The address for messages, without user and password: `http://proxy.example:3128`. */
  readonly name: string
  /** The variable of the environment, or the option `proxy`, that names it. */
  readonly from: string
}

/**
 * Reads `[http[s]://][user:password@]host[:port]`.
 * @param from the variable or option that has it
 * @throws {OptionError} `INVALID_PROXY`, without the text, which may have a password
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

/** A password with a `%` that encodes nothing was not encoded: it is used unchanged. */
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
