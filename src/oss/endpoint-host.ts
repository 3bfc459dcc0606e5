// Facts that the name of a host shows. Source: the table of hosts in oss-facts, section 1.1.

import { OptionError } from '../errors.ts'
import { shown, withoutLogin } from '../text/shown.ts'

export interface EndpointHost {
  readonly scheme: 'http' | 'https'
  /** The host in lower case. An IPv6 address is in brackets. */
  readonly host: string
  /** The port, if it differs from the default port of the scheme. */
  readonly port: number | undefined
  readonly kind: 'public' | 'internal' | 'dual-stack' | 'accelerated' | 'cloud-box' | 'custom'
  /** The region, if the name of the host contains it, or the id of a cloud box. */
  readonly region: string | undefined
  /** True for an IP address: no bucket name can be put before it. */
  readonly isAddress: boolean
  /** True for an IP address or `localhost`, for which the official SDKs use path style. */
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

/** Hosts that the class URL reads differently: the last label is a number, or it starts with `xn--`. */
function isHost(host: string): boolean {
  if (host === '' || host.includes('..') || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  // URL rewrites IPv6 addresses, and turns `127.1` into another host.
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
