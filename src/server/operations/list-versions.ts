// ListObjectVersions, which OSS also calls GetBucketVersions.

import { xmlAnswer } from '../http/answer.ts'
import { type Node, nameWriter, xmlTime } from '../http/documents.ts'
import { invalidArgument } from '../http/errors.ts'
import { bucketOf, type Operation } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import type { VersionListPage } from '../store/store.ts'
import { versionIdOf } from '../store/version-ids.ts'
import { checkVersionId } from './find-object.ts'
import { ownerNode } from './owner.ts'
import { readEncodingType, readMarker, readPageSize } from './paging.ts'

export const listObjectVersions: Operation = async context => {
  const { query, store, bucket, rules } = context
  bucketOf(context)
  const prefix = readMarker(query, 'prefix')
  const delimiter = readMarker(query, 'delimiter')
  const afterKey = readMarker(query, 'key-marker')
  const afterVersion = query.get('version-id-marker') ?? ''
  if (afterVersion !== '' && afterKey === '') {
    throw invalidArgument('version-id-marker', afterVersion, 'It needs a key-marker.')
  }
  if (afterVersion !== '') checkVersionId(afterVersion)
  const limit = readPageSize(query, 'max-keys', {
    default: 100,
    isZeroAllowed: rules.unconfirmed.zeroMaxKeys === 'empty',
  })
  const encodingType = readEncodingType(query)
  const write = nameWriter(encodingType)
  const page =
    limit === 0
      ? { entries: [], isTruncated: false }
      : await store.listVersions(bucket, { prefix, delimiter, afterKey, afterVersion, limit })
  const next = nextMarkers(page)
  return xmlAnswer([
    'ListVersionsResult',
    [
      ['Name', bucket],
      ['Prefix', write(prefix)],
      ['KeyMarker', write(afterKey)],
      ['VersionIdMarker', afterVersion],
      ['MaxKeys', limit],
      ['Delimiter', write(delimiter)],
      encodingType === undefined ? undefined : ['EncodingType', encodingType],
      ['IsTruncated', page.isTruncated],
      next && ['NextKeyMarker', write(next.key)],
      next && ['NextVersionIdMarker', next.versionId],
      ...page.entries.flatMap((entry): Node[] =>
        'prefix' in entry ? [] : [versionNode(entry.object, entry.isLatest, write)],
      ),
      ...page.entries.flatMap((entry): Node[] =>
        'prefix' in entry ? [['CommonPrefixes', [['Prefix', write(entry.prefix)]]]] : [],
      ),
    ],
  ])
}

function nextMarkers({ entries, isTruncated }: VersionListPage) {
  const last = entries.at(-1)
  if (!isTruncated || last === undefined) return undefined
  if ('prefix' in last) return { key: last.prefix, versionId: '' }
  return { key: last.object.key, versionId: versionIdOf(last.object) }
}

function versionNode(
  object: ObjectRecord,
  isLatest: boolean,
  write: (text: string) => string,
): Node {
  const common: Node[] = [
    ['Key', write(object.key)],
    ['VersionId', versionIdOf(object)],
    ['IsLatest', isLatest],
    ['LastModified', xmlTime(object.modifiedAt)],
  ]
  if (object.isDeleteMarker) return ['DeleteMarker', [...common, ownerNode]]
  return [
    'Version',
    [
      ...common,
      ['ETag', `"${object.etag}"`],
      ['Type', object.type],
      ['Size', object.size],
      ['StorageClass', object.attributes.storageClass],
      ownerNode,
    ],
  ]
}
