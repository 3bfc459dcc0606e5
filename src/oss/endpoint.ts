// Computes the origin and path of requests from the user's options. For OSS's own hosts, the region follows from
// the endpoint and the endpoint from the region. For other hosts the user must give the region, because signatures
// contain it. Source: oss-facts, sections 1.1 and 1.2.

import { OptionError } from '../errors.ts'
import { encodeKey } from './encode.ts'
import { type EndpointHost, isEndpointOfOss, parseEndpoint } from './endpoint-host.ts'
import { validateBucketName, validateRegion } from './names.ts'

/** The place of a bucket. For OSS's own hosts, region or endpoint is enough. */
export interface AddressOptions {
  /** The name of the bucket. Not needed to list buckets. */
  name?: string | undefined
  /** Region id: `cn-hangzhou`. Not needed with an endpoint of OSS; needed with any other. */
  region?: string | undefined
  /** Host, with scheme and port if needed. Without a scheme it is https. @default the endpoint of the region */
  endpoint?: string | undefined
  /** Uses the internal endpoint of the region, which can only be reached inside that region. @default false */
  internal?: boolean | undefined
  /** Uses the acceleration endpoint, which must be enabled for the bucket. @default false */
  accelerate?: boolean | undefined
  /** True if the endpoint is a custom domain that belongs to this bucket. @default false */
  cname?: boolean | undefined
  /** Puts the bucket into the path of URLs. @default true for IP addresses and localhost, else false */
  pathStyle?: boolean | undefined
}

export interface Address {
  readonly bucket: string | undefined
  /** The region in signatures: for a cloud box its id. */
  readonly region: string
  readonly product: 'oss' | 'oss-cloudbox'
  readonly style: 'virtual-host' | 'path' | 'cname'
  readonly kind: EndpointHost['kind']
  /** Scheme, host and port without the bucket: the same place again if used as `endpoint`. */
  readonly endpoint: string
  /** Scheme, host and port of requests for this bucket. */
  readonly origin: string
  /** The same for requests without a bucket; a custom domain has none. */
  readonly serviceOrigin: string | undefined
  /** The path of a request, encoded, for a key or for the bucket itself. */
  targetFor(key?: string): string
}

/**
 * @throws {OptionError} `INVALID_BUCKET_NAME`, `INVALID_REGION`, `INVALID_ENDPOINT`, or
 * `CONFLICTING_OPTIONS` naming both options.
 */
export function resolveAddress(options: AddressOptions): Address {
  const bucket = options.name === undefined ? undefined : validateBucketName(options.name)
  refuseConflicts(options)
  const given = options.region === undefined ? undefined : validateRegion(options.region)
  const endpoint = parseEndpoint(options.endpoint ?? hostFor(options, given))
  refuseEndpointConflicts(options, endpoint, given)
  refuseBucketInEndpoint(bucket, endpoint)
  const region = endpoint.region ?? given
  if (region === undefined) {
    throw new OptionError(
      'INVALID_REGION',
      `The endpoint ${endpoint.host} does not tell a region`,
      {
        hint: "Set region to the bucket's region, such as cn-hangzhou",
      },
    )
  }
  const style = styleOf(options, endpoint)
  const base = { scheme: endpoint.scheme, port: endpoint.port }
  const isInHost = style === 'virtual-host' && bucket !== undefined
  const prefix = style === 'path' && bucket !== undefined ? `/${bucket}/` : '/'
  return {
    bucket,
    region,
    product: endpoint.kind === 'cloud-box' ? 'oss-cloudbox' : 'oss',
    style,
    kind: endpoint.kind,
    endpoint: originOf(endpoint),
    origin: originOf({ ...base, host: isInHost ? `${bucket}.${endpoint.host}` : endpoint.host }),
    serviceOrigin: style === 'cname' ? undefined : originOf(endpoint),
    targetFor: (key = '') => prefix + encodeKey(key),
  }
}

/**
 * A name of the place, for journals and for the map of running uploads. Public, internal, accelerated and
 * dual-stack endpoints of a region have the same name; each other host has its own.
 */
export function placeOf(address: Address): string {
  const bucket = address.bucket ?? ''
  if (address.kind !== 'custom') return `${address.product}://${address.region}/${bucket}`
  return address.serviceOrigin === undefined ? address.origin : `${address.serviceOrigin}/${bucket}`
}

function hostFor(options: AddressOptions, region: string | undefined): string {
  if (region === undefined) {
    throw new OptionError('INVALID_REGION', 'Neither region nor endpoint is given', {
      hint: 'Set region to a region id such as cn-hangzhou, or endpoint to a host',
    })
  }
  if (options.accelerate) return 'oss-accelerate.aliyuncs.com'
  return `oss-${region}${options.internal ? '-internal' : ''}.aliyuncs.com`
}

function styleOf(options: AddressOptions, endpoint: EndpointHost): Address['style'] {
  if (options.cname) return 'cname'
  return (options.pathStyle ?? endpoint.isLocal) ? 'path' : 'virtual-host'
}

function originOf({ scheme, host, port }: Pick<EndpointHost, 'scheme' | 'host' | 'port'>): string {
  return `${scheme}://${host}${port === undefined ? '' : `:${port}`}`
}

function refuseConflicts(options: AddressOptions): void {
  const { endpoint, internal, accelerate, cname, pathStyle } = options
  if (internal && accelerate) conflict('internal', 'accelerate', 'they name two endpoints')
  if (cname && internal) conflict('cname', 'internal', 'they name two endpoints')
  if (cname && accelerate) conflict('cname', 'accelerate', 'they name two endpoints')
  if (cname && pathStyle) conflict('cname', 'pathStyle', 'a custom domain belongs to one bucket')
  if (cname && endpoint === undefined) {
    throw new OptionError('INVALID_ENDPOINT', 'cname is set without an endpoint', {
      hint: 'Set endpoint to the custom domain',
    })
  }
}

function refuseEndpointConflicts(
  options: AddressOptions,
  endpoint: EndpointHost,
  region: string | undefined,
): void {
  const { kind, host } = endpoint
  if (options.internal && kind !== 'internal') {
    conflict('internal', 'endpoint', `${host} is not an internal endpoint`)
  }
  if (options.accelerate && kind !== 'accelerated') {
    conflict('accelerate', 'endpoint', `${host} is not an acceleration endpoint`)
  }
  if (options.cname && kind !== 'custom') {
    conflict('cname', 'endpoint', `${host} is an endpoint of OSS, not a custom domain`)
  }
  if (options.pathStyle === false && endpoint.isAddress && !options.cname) {
    conflict('pathStyle', 'endpoint', `the bucket cannot be part of the address ${host}`)
  }
  if (region !== undefined && endpoint.region !== undefined && region !== endpoint.region) {
    conflict('region', 'endpoint', `${host} is in ${endpoint.region}, not in ${region}`)
  }
}

/** The console shows `bucket.endpoint`. If it is pasted, requests would go to `bucket.bucket.endpoint`. */
function refuseBucketInEndpoint(bucket: string | undefined, endpoint: EndpointHost): void {
  if (bucket === undefined || !endpoint.host.startsWith(`${bucket}.`)) return
  const rest = endpoint.host.slice(bucket.length + 1)
  if (!isEndpointOfOss(rest)) return
  throw new OptionError('INVALID_ENDPOINT', `The endpoint ${endpoint.host} contains the bucket`, {
    hint: `Set endpoint to ${rest}`,
  })
}

function conflict(one: string, other: string, why: string): never {
  throw new OptionError(
    'CONFLICTING_OPTIONS',
    `${one} and ${other} contradict each other: ${why}`,
    {
      options: [one, other],
      hint: `Leave out ${one} or ${other}`,
    },
  )
}
