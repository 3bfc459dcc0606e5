// Which operation a request asks for: by method, by what it addresses, and by the query names that OSS knows.

import type { Address } from './address.ts'
import { OssFault } from './errors.ts'
import type { Query } from './target.ts'

/** The operations of this server, named as OSS names them, with the RAM actions they need (6.1). */
export const actions = {
  ListBuckets: ['oss:ListBuckets'],
  PutBucket: ['oss:PutBucket'],
  DeleteBucket: ['oss:DeleteBucket'],
  GetBucketInfo: ['oss:GetBucketInfo'],
  GetBucketLocation: ['oss:GetBucketLocation'],
  GetBucketStat: ['oss:GetBucketStat'],
  GetBucketAcl: ['oss:GetBucketAcl'],
  PutBucketAcl: ['oss:PutBucketAcl'],
  PutBucketCors: ['oss:PutBucketCors'],
  GetBucketCors: ['oss:GetBucketCors'],
  DeleteBucketCors: ['oss:DeleteBucketCors'],
  PutBucketVersioning: ['oss:PutBucketVersioning'],
  GetBucketVersioning: ['oss:GetBucketVersioning'],
  PutBucketOverwriteConfig: ['oss:PutBucketOverwriteConfig'],
  GetBucketOverwriteConfig: ['oss:GetBucketOverwriteConfig'],
  DeleteBucketOverwriteConfig: ['oss:DeleteBucketOverwriteConfig'],
  ListObjectVersions: ['oss:ListObjectVersions'],
  ListObjects: ['oss:ListObjects'],
  ListObjectsV2: ['oss:ListObjects'],
  ListMultipartUploads: ['oss:ListMultipartUploads'],
  // Each key is authorized by itself.
  DeleteMultipleObjects: [],
  PutObject: ['oss:PutObject'],
  AppendObject: ['oss:PutObject'],
  CopyObject: ['oss:PutObject'],
  GetObject: ['oss:GetObject'],
  HeadObject: ['oss:GetObject'],
  GetObjectMeta: ['oss:GetObject'],
  DeleteObject: ['oss:DeleteObject'],
  GetObjectAcl: ['oss:GetObjectAcl'],
  PutObjectAcl: ['oss:PutObjectAcl'],
  PutSymlink: ['oss:PutObject'],
  GetSymlink: ['oss:GetObject'],
  GetObjectTagging: ['oss:GetObjectTagging'],
  PutObjectTagging: ['oss:PutObjectTagging'],
  DeleteObjectTagging: ['oss:DeleteObjectTagging'],
  InitiateMultipartUpload: ['oss:PutObject'],
  UploadPart: ['oss:PutObject'],
  UploadPartCopy: ['oss:PutObject'],
  CompleteMultipartUpload: ['oss:PutObject'],
  AbortMultipartUpload: ['oss:AbortMultipartUpload'],
  ListParts: ['oss:ListParts'],
  OptionsObject: [],
} as const satisfies Record<string, readonly string[]>

export type OperationName = keyof typeof actions

const versionActions = new Map(
  [
    'GetObject',
    'DeleteObject',
    'GetObjectAcl',
    'PutObjectAcl',
    'GetObjectTagging',
    'PutObjectTagging',
    'DeleteObjectTagging',
  ].map(name => [`oss:${name}`, `oss:${name.replace('Object', 'ObjectVersion')}`]),
)

/** The action for one version of an object, where RAM has one of its own. */
export function versionAction(action: string): string {
  return versionActions.get(action) ?? action
}

/** Query names of OSS features that this server does not have. */
const unsupported =
  `asyncFetch bucketArchiveDirectRead callbackPolicy comp encryption httpsConfig inventory
inventoryId lifecycle live logging metaQuery objectInfo policy policyStatus publicAccessBlock qos qosInfo referer
regionList replication replicationLocation replicationProgress requestPayment resourceGroup responseHeader restore
rtc seal stat status style styleName symlink tagging transferAcceleration userDefinedLogFieldsConfig
versionId vod website worm wormExtend wormId x-oss-async-process x-oss-process`.split(/\s+/)

/** @throws {OssFault} NotImplemented, MethodNotAllowed */
export function route(
  method: string,
  address: Address,
  query: Query,
  headers: Readonly<Record<string, string>>,
): OperationName {
  const missing = unsupported.find(
    name => query.has(name) && !isExcepted(name, method, address, query),
  )
  if (missing !== undefined) throw notImplemented(missing)
  if (method === 'OPTIONS') return 'OptionsObject'
  if (address.bucket === undefined)
    return method === 'GET' ? 'ListBuckets' : notAllowed(method, 'Service', 'GET, OPTIONS')
  return address.key === undefined
    ? routeBucket(method, query)
    : routeObject(method, query, headers)
}

/** Where a feature that this server lacks elsewhere is served. */
function isExcepted(name: string, method: string, { bucket, key }: Address, query: Query): boolean {
  switch (name) {
    case 'stat':
      return bucket !== undefined && key === undefined && method === 'GET'
    case 'symlink':
      return key !== undefined && ['GET', 'PUT'].includes(method)
    case 'tagging':
      return key !== undefined && ['GET', 'PUT', 'DELETE'].includes(method)
    case 'versionId':
      return key !== undefined && takesVersion(method, query)
    default:
      return false
  }
}

/** Reads, deletions, and changes of an object's ACL and tags. */
function takesVersion(method: string, query: Query): boolean {
  if (query.has('uploadId') || query.has('uploads')) return false
  if (['GET', 'HEAD', 'DELETE'].includes(method)) return true
  return method === 'PUT' && (query.has('acl') || query.has('tagging'))
}

function routeBucket(method: string, query: Query): OperationName {
  const has = (name: string) => query.has(name)
  switch (method) {
    case 'GET':
      if (has('bucketInfo')) return 'GetBucketInfo'
      if (has('location')) return 'GetBucketLocation'
      if (has('stat')) return 'GetBucketStat'
      if (has('acl')) return 'GetBucketAcl'
      if (has('cors')) return 'GetBucketCors'
      if (has('uploads')) return 'ListMultipartUploads'
      if (has('versioning')) return 'GetBucketVersioning'
      if (has('versions')) return 'ListObjectVersions'
      if (has('overwriteConfig')) return 'GetBucketOverwriteConfig'
      return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects'
    case 'PUT':
      if (has('acl')) return 'PutBucketAcl'
      if (has('versioning')) return 'PutBucketVersioning'
      if (has('overwriteConfig')) return 'PutBucketOverwriteConfig'
      return has('cors') ? 'PutBucketCors' : 'PutBucket'
    case 'DELETE':
      if (has('overwriteConfig')) return 'DeleteBucketOverwriteConfig'
      return has('cors') ? 'DeleteBucketCors' : 'DeleteBucket'
    case 'POST':
      if (has('delete')) return 'DeleteMultipleObjects'
      throw notImplemented('PostObject')
    default:
      return notAllowed(method, 'Bucket', 'GET, PUT, DELETE, POST, OPTIONS')
  }
}

function routeObject(
  method: string,
  query: Query,
  headers: Readonly<Record<string, string>>,
): OperationName {
  const has = (name: string) => query.has(name)
  const isCopy = headers['x-oss-copy-source'] !== undefined
  switch (method) {
    case 'GET':
      if (has('acl')) return 'GetObjectAcl'
      if (has('tagging')) return 'GetObjectTagging'
      if (has('symlink')) return 'GetSymlink'
      return has('uploadId') ? 'ListParts' : 'GetObject'
    case 'HEAD':
      return has('objectMeta') ? 'GetObjectMeta' : 'HeadObject'
    case 'PUT':
      if (has('acl')) return 'PutObjectAcl'
      if (has('tagging')) return 'PutObjectTagging'
      if (has('symlink')) return 'PutSymlink'
      if (has('uploadId') || has('partNumber')) return isCopy ? 'UploadPartCopy' : 'UploadPart'
      return isCopy ? 'CopyObject' : 'PutObject'
    case 'POST':
      if (has('uploads')) return 'InitiateMultipartUpload'
      if (has('uploadId')) return 'CompleteMultipartUpload'
      if (has('append')) return 'AppendObject'
      throw notImplemented('PostObject')
    case 'DELETE':
      if (has('tagging')) return 'DeleteObjectTagging'
      return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject'
    default:
      return notAllowed(method, 'Object', 'GET, HEAD, PUT, POST, DELETE, OPTIONS')
  }
}

function notImplemented(what: string): OssFault {
  return new OssFault('NotImplemented', {
    message: `This server does not have ${what}.`,
    extra: { Header: what },
  })
}

function notAllowed(method: string, resourceType: string, allow: string): never {
  throw new OssFault('MethodNotAllowed', {
    extra: { Method: method, ResourceType: resourceType },
    headers: { allow },
  })
}
