// Finds the bucket and key of a request. The Host header decides, even when the client connected to an IP address.
// Source: the reference on endpoints and addressing styles (1.1, 1.2).

import { hostName, isAddress } from './hosts.ts'
import { ownValue } from './own-value.ts'

export interface Addressing {
  /** Custom domains (CNAME): a map from host name to bucket. */
  readonly domains?: Readonly<Record<string, string>>
  /** Other endpoint names, on which `{bucket}.{host}` is a bucket. `localhost` is always such a name. */
  readonly hosts?: readonly string[]
}

export interface Address {
  readonly bucket?: string
  /** The key. It is never empty. */
  readonly key?: string
  readonly style: 'virtual' | 'path' | 'domain' | 'service'
  /** True if the host is one of OSS's own names. */
  readonly isOfficial: boolean
}

const official =
  /^(?:([^.]+)\.)?(?:oss-[a-z0-9-]+|oss|[a-z0-9-]+\.oss|cb-[a-z0-9]+\.[a-z0-9-]+\.oss-cloudbox)\.aliyuncs\.com$/

/**
 * Finds the bucket and key.
 * @param path decoded, starting with `/`
 */
export function resolveAddress(host: string, path: string, addressing: Addressing): Address {
  const name = hostName(host)
  const rest = path.slice(1)
  const domain = ownValue(addressing.domains, name)
  if (domain !== undefined) return at('domain', domain, rest, false)

  if (!isAddress(name)) {
    const found = official.exec(name)
    if (found) {
      // The expression also finds endpoints with more labels: `cn-hangzhou.oss.aliyuncs.com`,
      // `cb-id.region.oss-cloudbox...`.
      const bucket = found[1]
      return bucket === undefined ? inPath(rest, true) : at('virtual', bucket, rest, true)
    }
    for (const base of ['localhost', ...(addressing.hosts ?? [])]) {
      const bucket = name.endsWith(`.${base}`) ? name.slice(0, -base.length - 1) : undefined
      if (bucket !== undefined) return at('virtual', bucket, rest, false)
    }
  }
  return inPath(rest, false)
}

function inPath(rest: string, isOfficial: boolean): Address {
  if (rest === '') return { style: 'service', isOfficial }
  const slash = rest.indexOf('/')
  return slash < 0
    ? at('path', rest, '', isOfficial)
    : at('path', rest.slice(0, slash), rest.slice(slash + 1), isOfficial)
}

function at(style: Address['style'], bucket: string, key: string, isOfficial: boolean): Address {
  return key === '' ? { style, bucket, isOfficial } : { style, bucket, key, isOfficial }
}
