// Which proxy a request takes, if any. Loopback never takes one.

import { type HttpProxy, parseProxy } from './http-proxy.ts'
import { isLoopback, noProxyMatcher } from './no-proxy.ts'

/** The parts of a URL that decide about the proxy. */
export type Destination = Pick<URL, 'protocol' | 'hostname' | 'port'>

export type ProxyChoice = (to: Destination) => HttpProxy | undefined

type Environment = Readonly<Record<string, string | undefined>>

/** @throws {OptionError} `INVALID_PROXY` */
export function fixedProxy(address: string): ProxyChoice {
  const proxy = parseProxy(address, 'proxy')
  return to => (isLoopback(hostOf(to)) ? undefined : proxy)
}

/**
 * `HTTPS_PROXY` for https, `HTTP_PROXY` for http, otherwise `ALL_PROXY`; `NO_PROXY` lists exceptions.
 * Lower-case names come first, as in curl. The choice throws `INVALID_PROXY` for a variable that cannot be
 * used.
 */
export function environmentProxy(env: Environment): ProxyChoice {
  return to => {
    const host = hostOf(to)
    const isSecure = to.protocol === 'https:'
    const port = to.port === '' ? (isSecure ? 443 : 80) : Number(to.port)
    const found = variable(env, isSecure ? ['https_proxy', 'HTTPS_PROXY'] : httpNames(env), [
      'all_proxy',
      'ALL_PROXY',
    ])
    if (found === undefined || isLoopback(host)) return undefined
    const [, exceptions = ''] = variable(env, ['no_proxy', 'NO_PROXY']) ?? []
    if (noProxyMatcher(exceptions)({ host, port })) return undefined
    return parseProxy(found[1], found[0])
  }
}

/** In a CGI program, HTTP_PROXY contains the header `Proxy` of a client, which cannot be trusted. */
function httpNames(env: Environment): string[] {
  return env.REQUEST_METHOD === undefined ? ['http_proxy', 'HTTP_PROXY'] : ['http_proxy']
}

/** The first variable that is set, with its name. An empty variable disables the others of its group. */
function variable(
  env: Environment,
  ...groups: readonly (readonly string[])[]
): [name: string, value: string] | undefined {
  for (const group of groups) {
    const name = group.find(candidate => env[candidate] !== undefined)
    const value = name === undefined ? '' : (env[name] ?? '').trim()
    if (name !== undefined && value !== '') return [name, value]
  }
  return undefined
}

function hostOf({ hostname }: Destination): string {
  return hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1')
}
