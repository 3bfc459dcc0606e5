// ListObjects, both versions (3.8). They differ in how a page names the start of the next page.

import { xmlAnswer } from '../http/answer.ts'
import { type Node, nameWriter, xmlTime } from '../http/documents.ts'
import { invalidArgument } from '../http/errors.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import type { ObjectListPage } from '../store/store.ts'
import { ownerNode } from './owner.ts'
import { readEncodingType, readMarker, readPageSize } from './paging.ts'

/** The operation GetBucket, also called ListObjects. */
export const listObjectsV1: Operation = async context => {
  const { query, bucket } = context
  bucketOf(context)
  const list = readListQuery(context)
  const marker = readMarker(query, 'marker')
  const page = await fetchPage(context, list, marker)
  const { write } = list
  return xmlAnswer([
    'ListBucketResult',
    [
      ['Name', bucket],
      ['Prefix', write(list.prefix)],
      ['Marker', write(marker)],
      ['MaxKeys', list.limit],
      ['Delimiter', write(list.delimiter)],
      list.encodingType === undefined ? undefined : ['EncodingType', list.encodingType],
      ['IsTruncated', page.isTruncated],
      page.isTruncated ? ['NextMarker', write(lastName(page))] : undefined,
      ...entryNodes(page, write, true),
    ],
  ])
}

/** The operation ListObjectsV2. */
export const listObjectsV2: Operation = async context => {
  const { query, bucket } = context
  bucketOf(context)
  const list = readListQuery(context)
  const startAfter = readMarker(query, 'start-after')
  const token = query.get('continuation-token') || undefined
  const after = token === undefined ? startAfter : readToken(token, context)
  const page = await fetchPage(context, list, after)
  const { write } = list
  return xmlAnswer([
    'ListBucketResult',
    [
      ['Name', bucket],
      ['Prefix', write(list.prefix)],
      query.has('start-after') ? ['StartAfter', write(startAfter)] : undefined,
      token === undefined ? undefined : ['ContinuationToken', write(token)],
      ['MaxKeys', list.limit],
      ['Delimiter', write(list.delimiter)],
      list.encodingType === undefined ? undefined : ['EncodingType', list.encodingType],
      ['IsTruncated', page.isTruncated],
      page.isTruncated ? ['NextContinuationToken', write(writeToken(lastName(page)))] : undefined,
      ['KeyCount', page.entries.length],
      ...entryNodes(page, write, query.get('fetch-owner') === 'true'),
    ],
  ])
}

interface ListQuery {
  readonly prefix: string
  readonly delimiter: string
  readonly limit: number
  readonly encodingType: string | undefined
  readonly write: (text: string) => string
}

function readListQuery({ query, rules }: Context): ListQuery {
  const encodingType = readEncodingType(query)
  return {
    prefix: readMarker(query, 'prefix'),
    delimiter: readMarker(query, 'delimiter'),
    limit: readPageSize(query, 'max-keys', {
      default: 100,
      isZeroAllowed: rules.unconfirmed.zeroMaxKeys === 'empty',
    }),
    encodingType,
    write: nameWriter(encodingType),
  }
}

async function fetchPage(
  { store, bucket }: Context,
  { prefix, delimiter, limit }: ListQuery,
  after: string,
): Promise<ObjectListPage> {
  if (limit === 0) return { entries: [], isTruncated: false }
  return store.listObjects(bucket, { prefix, delimiter, after, limit })
}

function lastName({ entries }: ObjectListPage): string {
  const last = entries.at(-1)
  if (last === undefined) return ''
  return 'prefix' in last ? last.prefix : last.key
}

/** Returns the entries as OSS does: all keys before all common prefixes. */
function entryNodes(
  { entries }: ObjectListPage,
  write: (text: string) => string,
  withOwner: boolean,
): Node[] {
  const objects = entries.filter(entry => 'key' in entry)
  const prefixes = entries.filter(entry => 'prefix' in entry)
  return [
    ...objects.map(object => objectNode(object, write, withOwner)),
    ...prefixes.map(({ prefix }): Node => ['CommonPrefixes', [['Prefix', write(prefix)]]]),
  ]
}

function objectNode(
  object: ObjectRecord,
  write: (text: string) => string,
  withOwner: boolean,
): Node {
  return [
    'Contents',
    [
      ['Key', write(object.key)],
      ['LastModified', xmlTime(object.modifiedAt)],
      ['ETag', `"${object.etag}"`],
      ['Type', object.type],
      ['Size', object.size],
      ['StorageClass', object.attributes.storageClass],
      withOwner ? ownerNode : undefined,
    ],
  ]
}

// A token has the form of the example in OSS's documentation: 0x0A, the length and the name, as Base64 with `-` for
// `=`.

function writeToken(name: string): string {
  const bytes = Buffer.from(name)
  const head = Buffer.from([0x0a, bytes.length & 0x7f, bytes.length >> 7])
  return Buffer.concat([head, bytes]).toString('base64').replaceAll('=', '-').replaceAll('/', '_')
}

function readToken(token: string, { rules }: Context): string {
  const bytes = Buffer.from(token.replaceAll('-', '=').replaceAll('_', '/'), 'base64')
  const name = bytes.subarray(3).toString()
  if (writeToken(name) === token) return name
  if (rules.unconfirmed.badContinuationToken === 'ignored') return ''
  throw invalidArgument('continuation-token', token)
}
