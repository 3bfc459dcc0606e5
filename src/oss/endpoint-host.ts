// What a host says about itself. Source: the table of hosts in oss-facts, section 1.1.

import { OptionError } from '../errors.ts'
import { shown, withoutLogin } from '../text/shown.ts'

export interface EndpointHost {
  readonly scheme: 'http' | 'https'
  /** Lower case; an IPv6 address in brackets. */
  readonly host: string
  /** Only when it is not the scheme's own. */
  readonly port: number | undefined
  readonly kind: 'public' | 'internal' | 'dual-stack' | 'accelerated' | 'cloud-box' | 'custom'
  /** Where the host tells it; for a cloud box its id. */
  readonly region: string | undefined
  /** An IP address: no bucket can be put before it. */
  readonly isAddress: boolean
  /** An IP address or `localhost`, which the official SDKs address path style. */
  readonly isLocal: boolean
}

/**
 * Reads `[scheme://]host[:port][/]`.
 * @throws {OptionError} `INVALID_ENDPOINT`
 */
export function parseEndpoint(text: unknown): EndpointHost {
  const [, scheme = 'https', host = '', port] =
    /^(?:(https?):\/\/)?(\[[\da-f:.]+\]|[a-z\d_](?:[a-z\d_.-]*[a-z\d_])?)(?::(\d{1,5}))?\/?$/.exec(
      typeof text === 'string' ? text.toLowerCase() : '',
    ) ?? []
  if (!isHost(host) || Number(port ?? 1) > 65_535 || Number(port ?? 1) === 0) {
    throw new OptionError(
      'INVALID_ENDPOINT',
      `endpoint is ${shown(typeof text === 'string' ? withoutLogin(text) : text)}`,
      {
        hint: 'Allowed: a host such as oss-cn-hangzhou.aliyuncs.com, with https:// or http:// before and a port behind if need be, and no path',
      },
    )
  }
  const isAddress = host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host)
  const isUsualPort = Number(port) === (scheme === 'https' ? 443 : 80)
  return {
    scheme: scheme === 'http' ? 'http' : 'https',
    host,
    port: port === undefined || isUsualPort ? undefined : Number(port),
    ...recognise(host),
    isAddress,
    isLocal: isAddress || host === 'localhost',
  }
}

/** URL has rules of its own for hosts whose last name is a number or that begin with `xn--`. */
function isHost(host: string): boolean {
  if (host === '' || host.includes('..') || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  // It writes IPv6 addresses its own way, and `127.1` as another host than the one that was given.
  return hostname === host || host.startsWith('[')
}

function recognise(host: string): Pick<EndpointHost, 'kind' | 'region'> {
  if (!host.endsWith('.aliyuncs.com')) return { kind: 'custom', region: undefined }
  const name = host.slice(0, -'.aliyuncs.com'.length)
  switch (name) {
    case 'oss':
      return { kind: 'public', region: 'cn-hangzhou' }
    case 'oss-internal':
      return { kind: 'internal', region: 'cn-hangzhou' }
    case 'oss-accelerate':
    case 'oss-accelerate-overseas':
      return { kind: 'accelerated', region: undefined }
  }
  const [, region, internal] = /^oss-([a-z0-9-]+?)(-internal)?$/.exec(name) ?? []
  if (region !== undefined) return { kind: internal ? 'internal' : 'public', region }
  const dualStack = /^([a-z0-9-]+)\.oss$/.exec(name)?.[1]
  if (dualStack !== undefined) return { kind: 'dual-stack', region: dualStack }
  const cloudBox = /^(cb-[a-z0-9]+)\.[a-z0-9-]+\.oss-cloudbox$/.exec(name)?.[1]
  if (cloudBox !== undefined) return { kind: 'cloud-box', region: cloudBox }
  return { kind: 'custom', region: undefined }
}

/** True for a host of OSS itself. */
export function isEndpointOfOss(host: string): boolean {
  return recognise(host).kind !== 'custom'
}
