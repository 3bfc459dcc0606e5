// Decides which hosts are reached without a proxy: those in NO_PROXY, parsed as curl and Go do, and this machine,
// which no proxy can reach.

import { BlockList, isIP } from 'node:net'

export interface HostAndPort {
  /** The host in lower case. An IPv6 address has no brackets. */
  readonly host: string
  readonly port: number
}

/**
 * @param list host names, which include their subdomains, with or without `.` or `*.` before them; addresses; CIDR
 * blocks; each with an optional port; `*` for all hosts. Separated by `,` or blanks.
 */
export function noProxyMatcher(list: string): (at: HostAndPort) => boolean {
  const rules = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .map(ruleOf)
  return at => rules.some(rule => rule(at))
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/\.$/, '')
  if (isIP(name) !== 0) return isInside(loopback, name)
  return name === 'localhost' || name.endsWith('.localhost')
}

type Rule = (at: HostAndPort) => boolean

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true
  const block = /^\[?([\da-f.:]+)\]?\/(\d{1,3})$/.exec(entry)
  if (block !== null) return blockRule(block[1] ?? '', Number(block[2]))
  // In `fe80::1` no part is a port: an IPv6 address needs brackets before a port.
  const [, name = entry, port] =
    isIP(entry) === 6 ? [] : (/^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [])
  const bare = name
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
  const isPort = (at: HostAndPort) => port === undefined || at.port === Number(port)
  if (isIP(bare) !== 0) {
    const list = new BlockList()
    list.addAddress(bare, familyOf(bare))
    return at => isPort(at) && isInside(list, at.host)
  }
  return at => {
    const host = at.host.replace(/\.$/, '')
    return isPort(at) && bare !== '' && (host === bare || host.endsWith(`.${bare}`))
  }
}

function blockRule(address: string, prefix: number): Rule {
  const family = isIP(address)
  // A wrong block matches no host, as with curl.
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) return () => false
  const list = new BlockList()
  list.addSubnet(address, prefix, familyOf(address))
  return at => isInside(list, at.host)
}

function isInside(list: BlockList, host: string): boolean {
  return isIP(host) !== 0 && list.check(host, familyOf(host))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')
