// Creates, describes, lists and removes buckets (3.17).

import { text } from '../../xml/parse.ts'
import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import { type Node, xmlTime } from '../http/documents.ts'
import { compareUtf8 } from '../http/encoding.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import type { BucketAcl, BucketRecord } from '../store/records.ts'
import type { ObjectStore } from '../store/store.ts'
import { accept } from './accept.ts'
import { readEncryption } from './attributes.ts'
import { ownerNode } from './owner.ts'
import { readMarker, readPageSize } from './paging.ts'
import { readXml } from './read-xml.ts'
import { readBody } from './receive.ts'

const bodySizeMax = 64 * 1024

export const putBucket: Operation = async ({ request, store, clock, bucket, rules }) => {
  const body = await readBody(request, bodySizeMax)
  const config = body.length === 0 ? undefined : readXml(body)
  if (config && config.name !== 'CreateBucketConfiguration') throw new OssFault('MalformedXML')
  const known = await store.bucket(bucket)
  if (known && rules.unconfirmed.repeatedPutBucket === 'BucketAlreadyExists') {
    throw new OssFault('BucketAlreadyExists', { extra: { BucketName: bucket } })
  }
  const acl = readBucketAcl(request.headers['x-oss-acl'] || undefined)
  const encryption = readEncryption(request.headers)
  await changeOrMake(store, newBucket(bucket, clock.now()), record => ({
    ...record,
    acl: acl ?? record.acl,
    ...(Object.keys(encryption).length > 0 && { encryption }),
    storageClass: (config && text(config, 'StorageClass')) || record.storageClass,
    redundancy: (config && text(config, 'DataRedundancyType')) || record.redundancy,
  }))
  return emptyAnswer(200, { location: `/${bucket}` })
}

/** Changes a bucket's record, or creates the bucket. */
async function changeOrMake(
  store: ObjectStore,
  absent: BucketRecord,
  change: (record: BucketRecord) => BucketRecord,
): Promise<void> {
  const result = await store.changeBucket(absent.name, change)
  if (result === 'no-bucket') await store.putBucket(change(absent))
}

export function newBucket(name: string, createdAt: number): BucketRecord {
  return { name, createdAt, acl: 'private', storageClass: 'Standard', redundancy: 'LRS' }
}

export const deleteBucket: Operation = async context => {
  const { store, bucket } = context
  const result = await store.deleteBucket(bucket)
  if (result === 'not-empty') throw await notEmpty(context)
  accept(result, context)
  return emptyAnswer(204)
}

/** The messages have the service's own words, because the Java SDK's test suite compares them. */
async function notEmpty({ store, bucket }: Context): Promise<OssFault> {
  const query = { prefix: '', delimiter: '', afterKey: '', afterVersion: '', limit: 1 }
  const { entries } = await store.listVersions(bucket, query)
  return new OssFault('BucketNotEmpty', {
    extra: { BucketName: bucket },
    ...(entries.length === 0 && {
      message: 'The bucket has Multipart Uploads. Please delete them first.',
    }),
  })
}

export const getBucketInfo: Operation = async context => {
  const record = bucketOf(context)
  const { region } = context.rules
  return xmlAnswer([
    'BucketInfo',
    [
      [
        'Bucket',
        [
          ['AccessMonitor', 'Disabled'],
          ['CreationDate', xmlTime(record.createdAt)],
          ['CrossRegionReplication', 'Disabled'],
          ['DataRedundancyType', record.redundancy],
          ['ExtranetEndpoint', `oss-${region}.aliyuncs.com`],
          ['IntranetEndpoint', `oss-${region}-internal.aliyuncs.com`],
          ['Location', `oss-${region}`],
          ['Name', record.name],
          ['ResourceGroupId', 'rg-local'],
          ['StorageClass', record.storageClass],
          ['TransferAcceleration', 'Disabled'],
          ownerNode,
          ['AccessControlList', [['Grant', record.acl]]],
          ['ServerSideEncryptionRule', encryptionNodes(record.encryption ?? {})],
          record.versioning === undefined ? undefined : ['Versioning', record.versioning],
          ['BlockPublicAccess', false],
          ['Comment', ''],
        ],
      ],
    ],
  ])
}

/** Answers a HEAD request for a bucket. */
export const getBucketMeta: Operation = async context => {
  bucketOf(context)
  return emptyAnswer(200, { 'x-oss-bucket-region': context.rules.region })
}

/**
 * This server has no live channels, so the list is empty. Test suites of official clients list live channels before
 * they end.
 */
export const listLiveChannel: Operation = async context => {
  bucketOf(context)
  const { query } = context
  return xmlAnswer([
    'ListLiveChannelResult',
    [
      ['Prefix', readMarker(query, 'prefix')],
      ['Marker', readMarker(query, 'marker')],
      ['MaxKeys', readPageSize(query, 'max-keys', { default: 100 })],
      ['IsTruncated', false],
      ['NextMarker', ''],
    ],
  ])
}

function encryptionNodes(rule: Readonly<Record<string, string>>): (Node | undefined)[] {
  const data = rule['x-oss-server-side-data-encryption']
  const keyId = rule['x-oss-server-side-encryption-key-id']
  return [
    ['SSEAlgorithm', rule['x-oss-server-side-encryption'] ?? 'None'],
    keyId === undefined ? undefined : ['KMSMasterKeyID', keyId],
    data === undefined ? undefined : ['KMSDataEncryption', data],
  ]
}

export const getBucketLocation: Operation = async context => {
  bucketOf(context)
  return xmlAnswer(['LocationConstraint', `oss-${context.rules.region}`])
}

export const getBucketAcl: Operation = async context => aclAnswer(bucketOf(context).acl)

/** Creates the bucket if it does not exist. */
export const putBucketAcl: Operation = async ({ request, store, bucket, clock }) => {
  const acl = readBucketAcl(request.headers['x-oss-acl'] || undefined)
  if (acl === undefined) throw invalidArgument('x-oss-acl', '')
  await changeOrMake(store, newBucket(bucket, clock.now()), record => ({ ...record, acl }))
  return emptyAnswer(200, { location: `/${bucket}` })
}

export function aclAnswer(acl: string, headers: Readonly<Record<string, string>> = {}) {
  return xmlAnswer(
    ['AccessControlPolicy', [ownerNode, ['AccessControlList', [['Grant', acl]]]]],
    headers,
  )
}

function readBucketAcl(acl: string | undefined): BucketAcl | undefined {
  switch (acl) {
    case undefined:
    case 'private':
    case 'public-read':
    case 'public-read-write':
    case 'authenticated-read':
      return acl
    default:
      throw invalidArgument('x-oss-acl', acl)
  }
}

/** The answer has markers and counts only if the list is incomplete. */
export const listBuckets: Operation = async ({ store, query, rules }) => {
  const prefix = readMarker(query, 'prefix')
  if (!/^[a-z0-9-]*$/.test(prefix)) throw invalidArgument('prefix', prefix)
  const marker = readMarker(query, 'marker')
  const limit = readPageSize(query, 'max-keys', { default: 100 })
  const found = (await store.buckets())
    .filter(({ name }) => name.startsWith(prefix) && compareUtf8(name, marker) > 0)
    .sort((a, b) => compareUtf8(a.name, b.name))
  const page = found.slice(0, limit)
  const isTruncated = page.length < found.length
  const paging: Node[] = [
    ['Prefix', prefix],
    ['Marker', marker],
    ['MaxKeys', limit],
    ['IsTruncated', isTruncated],
    ['NextMarker', isTruncated ? page.at(-1)!.name : ''],
  ]
  return xmlAnswer([
    'ListAllMyBucketsResult',
    [
      ...(isTruncated ? paging : []),
      ownerNode,
      ['Buckets', page.map(record => bucketNode(record, rules.region))],
    ],
  ])
}

function bucketNode(record: BucketRecord, region: string): Node {
  return [
    'Bucket',
    [
      ['CreationDate', xmlTime(record.createdAt)],
      ['ExtranetEndpoint', `oss-${region}.aliyuncs.com`],
      ['IntranetEndpoint', `oss-${region}-internal.aliyuncs.com`],
      ['Location', `oss-${region}`],
      ['Name', record.name],
      ['Region', region],
      ['StorageClass', record.storageClass],
    ],
  ]
}
