// Signature V1 of old clients: HMAC-SHA1 of a few headers and the unencoded resource (2.7).

import { createHmac } from 'node:crypto'
import type { SignedRequest } from './v4.ts'

/** Query names that are signed as part of the resource. Other names are not signed. */
const subresources = new Set(
  `accessPoint accessPointPolicy acl append asyncFetch bucketArchiveDirectRead bucketInfo callback callback-var cname comp continuation-token cors delete encryption endTime group httpsConfig
  inventory inventoryId lifecycle link live location logging objectInfo objectMeta partNumber policy position publicAccessBlock qos qosInfo qosRequester
  redundancyTransition referer replication replicationLocation replicationProgress requestPayment requesterQosInfo resourceGroup resourcePool resourcePoolBuckets
  resourcePoolInfo response-cache-control
  response-content-disposition response-content-encoding response-content-language response-content-type
  response-expires restore security-token sequential startTime stat status style styleName symlink tagging
  overwriteConfig uploadId uploads versionId versioning versions vod website worm wormExtend wormId transferAcceleration metaQuery
  regionList`.split(/\s+/),
)

export interface SignatureV1 {
  readonly stringToSign: string
  /** The signature in base64. */
  readonly signature: string
}

/**
 * Computes signature V1.
 * @param date the date line: `x-oss-date`, else Date; in a URL the value of Expires
 */
export function signV1(request: SignedRequest, date: string, secret: string): SignatureV1 {
  const { headers } = request
  const ossHeaders = Object.keys(headers)
    .filter(name => name.startsWith('x-oss-'))
    .sort()
    .map(name => `${name}:${headers[name]?.trim()}\n`)
    .join('')
  const stringToSign =
    `${request.method}\n${headers['content-md5'] ?? ''}\n${headers['content-type'] ?? ''}\n${date}\n` +
    `${ossHeaders}${canonicalResource(request)}`
  const signature = createHmac('sha1', secret).update(stringToSign).digest('base64')
  return { stringToSign, signature }
}

function canonicalResource({ bucket, key, query }: SignedRequest): string {
  const resource = bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`
  const signed = query.pairs
    .filter(([name]) => subresources.has(name) || name.startsWith('x-oss-'))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
  return signed === '' ? resource : `${resource}?${signed}`
}
