// Finds the operation of a request by its method, its address (service, bucket or object), and the query names that
// OSS knows.

import type { Address } from './address.ts'
import { OssFault } from './errors.ts'
import { subresources } from './subresources.ts'
import type { Query } from './target.ts'

/** The operations of this server by OSS's names, with the RAM actions that they need (6.1). */
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
  GetBucketMeta: ['oss:GetBucketInfo'],
  ListLiveChannel: ['oss:ListLiveChannel'],
  ListObjects: ['oss:ListObjects'],
  ListObjectsV2: ['oss:ListObjects'],
  ListMultipartUploads: ['oss:ListMultipartUploads'],
  // Each key is authorized separately.
  DeleteMultipleObjects: [],
  PutObject: ['oss:PutObject'],
  // The form itself says who sends it, and for which key.
  PostObject: [],
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

/** The subresources of each operation. An operation without an entry here has none. */
const ownSubresources: Readonly<Partial<Record<OperationName, string>>> = {
  // OSS ignores this name here.
  ListBuckets: 'regionList',
  GetBucketInfo: 'bucketInfo',
  GetBucketLocation: 'location',
  GetBucketStat: 'stat',
  GetBucketAcl: 'acl',
  PutBucketAcl: 'acl',
  PutBucketCors: 'cors',
  GetBucketCors: 'cors',
  DeleteBucketCors: 'cors',
  PutBucketVersioning: 'versioning',
  GetBucketVersioning: 'versioning',
  PutBucketOverwriteConfig: 'overwriteConfig',
  GetBucketOverwriteConfig: 'overwriteConfig',
  DeleteBucketOverwriteConfig: 'overwriteConfig',
  ListLiveChannel: 'live',
  ListObjectVersions: 'versions',
  ListMultipartUploads: 'uploads',
  DeleteMultipleObjects: 'delete',
  AppendObject: 'append',
  GetObject: 'versionId',
  HeadObject: 'versionId',
  GetObjectMeta: 'objectMeta versionId',
  DeleteObject: 'versionId',
  GetObjectAcl: 'acl versionId',
  PutObjectAcl: 'acl versionId',
  PutSymlink: 'symlink',
  GetSymlink: 'symlink versionId',
  GetObjectTagging: 'tagging versionId',
  PutObjectTagging: 'tagging versionId',
  DeleteObjectTagging: 'tagging versionId',
  InitiateMultipartUpload: 'uploads sequential',
  UploadPart: 'uploadId partNumber',
  UploadPartCopy: 'uploadId partNumber',
  CompleteMultipartUpload: 'uploadId',
  AbortMultipartUpload: 'uploadId',
  ListParts: 'uploadId',
}

/**
 * Refuses subresources that the operation does not have. Otherwise a request for an unsupported feature could delete
 * the bucket or replace the object. A name without a value that no list knows may be a subresource of a newer OSS, so
 * it is refused for every operation that could change something.
 * @throws {OssFault} NotImplemented
 */
function refuseOthers(operation: OperationName, method: string, query: Query): void {
  const own = (ownSubresources[operation] ?? '').split(' ')
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method)
  for (const [name, value] of query.pairs) {
    if (own.includes(name)) continue
    const isUnknown = !isRead && value === '' && !isParameter(name)
    if (subresources.has(name) || isUnknown) throw notImplemented(name)
  }
}

/** Returns true for names that may have no value and that select no operation. */
function isParameter(name: string): boolean {
  return parameters.has(name) || name.startsWith('response-')
}

const parameters = new Set(
  `callback callback-var encoding-type position security-token OSSAccessKeyId Expires Signature x-oss-credential
x-oss-date x-oss-expires x-oss-signature x-oss-signature-version x-oss-security-token x-oss-additional-headers
x-oss-traffic-limit`.split(/\s+/),
)

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

/** Returns the action for one version of an object, if RAM has a separate action for versions. */
export function versionAction(action: string): string {
  return versionActions.get(action) ?? action
}

/**
 * Finds the operation.
 * @throws {OssFault} NotImplemented, MethodNotAllowed
 */
export function route(
  method: string,
  address: Address,
  query: Query,
  headers: Readonly<Record<string, string>>,
): OperationName {
  const operation = select(method, address, query, headers)
  refuseOthers(operation, method, query)
  return operation
}

function select(
  method: string,
  { bucket, key }: Address,
  query: Query,
  headers: Readonly<Record<string, string>>,
): OperationName {
  if (method === 'OPTIONS') return 'OptionsObject'
  if (bucket === undefined) {
    return method === 'GET' ? 'ListBuckets' : notAllowed(method, 'Service', 'GET, OPTIONS')
  }
  return key === undefined ? routeBucket(method, query) : routeObject(method, query, headers)
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
      if (has('live')) return 'ListLiveChannel'
      return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects'
    case 'HEAD':
      return 'GetBucketMeta'
    case 'PUT':
      if (has('acl')) return 'PutBucketAcl'
      if (has('versioning')) return 'PutBucketVersioning'
      if (has('overwriteConfig')) return 'PutBucketOverwriteConfig'
      return has('cors') ? 'PutBucketCors' : 'PutBucket'
    case 'DELETE':
      if (has('overwriteConfig')) return 'DeleteBucketOverwriteConfig'
      return has('cors') ? 'DeleteBucketCors' : 'DeleteBucket'
    case 'POST':
      return has('delete') ? 'DeleteMultipleObjects' : 'PostObject'
    default:
      return notAllowed(method, 'Bucket', 'GET, HEAD, PUT, DELETE, POST, OPTIONS')
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
      return noPost(query)
    case 'DELETE':
      if (has('tagging')) return 'DeleteObjectTagging'
      return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject'
    default:
      return notAllowed(method, 'Object', 'GET, HEAD, PUT, POST, DELETE, OPTIONS')
  }
}

export function notImplemented(what: string): OssFault {
  return new OssFault('NotImplemented', {
    message: `This server does not have ${what}.`,
    extra: { Header: what },
  })
}

/** Refuses a POST to an object. It may ask for a feature that this server lacks, or for none at all. */
function noPost(query: Query): never {
  const missing = query.pairs.find(([name]) => subresources.has(name))
  if (missing) throw notImplemented(missing[0])
  return notAllowed('POST', 'Object', 'GET, HEAD, PUT, DELETE, OPTIONS')
}

function notAllowed(method: string, resourceType: string, allow: string): never {
  throw new OssFault('MethodNotAllowed', {
    extra: { Method: method, ResourceType: resourceType },
    headers: { allow },
  })
}
