// The operations ListParts and ListMultipartUploads (3.12).

import { xmlAnswer } from '../http/answer.ts'
import { type Node, nameWriter, xmlTime } from '../http/documents.ts'
import { compareUtf8 } from '../http/encoding.ts'
import { invalidArgument } from '../http/errors.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import type { PartRecord, UploadRecord } from '../store/records.ts'
import { findUpload } from './multipart.ts'
import { readEncodingType, readMarker, readPageSize } from './paging.ts'

export const listParts: Operation = async context => {
  const { query, store, bucket, key, rules } = context
  bucketOf(context)
  const limit = readPageSize(query, 'max-parts', pageOptions(context))
  const markerText = query.get('part-number-marker') || '0'
  if (!/^\d{1,9}$/.test(markerText)) throw invalidArgument('part-number-marker', markerText)
  const marker = Number(markerText)
  const encodingType = readEncodingType(query)
  const upload = await findUpload(context, '0042-00000002')
  const found = (await store.parts(bucket, upload.id)).filter(part => part.number > marker)
  const page = found.slice(0, limit)
  const withCrc = rules.unconfirmed.listPartsCrc === 'present'
  return xmlAnswer([
    'ListPartsResult',
    [
      encodingType === undefined ? undefined : ['EncodingType', encodingType],
      ['Bucket', bucket],
      ['Key', nameWriter(encodingType)(key)],
      ['UploadId', upload.id],
      ['StorageClass', upload.attributes.storageClass],
      ['PartNumberMarker', marker],
      ['NextPartNumberMarker', page.at(-1)?.number ?? ''],
      ['MaxParts', limit],
      ['IsTruncated', page.length < found.length],
      ...page.map(part => partNode(part, withCrc)),
    ],
  ])
}

function partNode(part: PartRecord, withCrc: boolean): Node {
  return [
    'Part',
    [
      ['PartNumber', part.number],
      ['LastModified', xmlTime(part.modifiedAt)],
      ['ETag', `"${part.etag}"`],
      withCrc ? ['HashCrc64ecma', part.crc64] : undefined,
      ['Size', part.size],
    ],
  ]
}

export const listMultipartUploads: Operation = async context => {
  const { query, store, bucket, rules } = context
  bucketOf(context)
  const prefix = readMarker(query, 'prefix')
  const delimiter = readMarker(query, 'delimiter')
  const keyMarker = readMarker(query, 'key-marker')
  const idMarker = keyMarker === '' ? '' : readMarker(query, 'upload-id-marker')
  const limit = readPageSize(query, 'max-uploads', pageOptions(context))
  const encodingType = readEncodingType(query)
  const write = nameWriter(encodingType)

  const order = rules.unconfirmed.uploadOrder === 'time' ? byTime : byId
  const all = (await store.uploads(bucket)).filter(({ key }) => key.startsWith(prefix))
  const isAfter = pastMarkers(all, keyMarker, idMarker, order)
  const found = groupUploads(all.filter(isAfter).sort(order), prefix, delimiter, keyMarker)
  const page = found.slice(0, limit)
  const isTruncated = page.length < found.length
  const last = page.at(-1)
  const next =
    last === undefined ? undefined : 'prefix' in last ? { key: last.prefix, id: '' } : last
  return xmlAnswer([
    'ListMultipartUploadsResult',
    [
      encodingType === undefined ? undefined : ['EncodingType', encodingType],
      ['Bucket', bucket],
      ['KeyMarker', write(keyMarker)],
      ['UploadIdMarker', idMarker],
      // The markers name the last entry, also on the last page.
      ['NextKeyMarker', next ? write(next.key) : ''],
      ['NextUploadIdMarker', next?.id ?? ''],
      ['Delimiter', write(delimiter)],
      ['Prefix', write(prefix)],
      ['MaxUploads', limit],
      ['IsTruncated', isTruncated],
      ...page.filter(entry => 'id' in entry).map(upload => uploadNode(upload, write)),
      ...page
        .filter(entry => 'prefix' in entry)
        .map((group): Node => ['CommonPrefixes', [['Prefix', write(group.prefix)]]]),
    ],
  ])
}

function pageOptions({ rules }: Context) {
  return { default: 1000, isClamped: rules.unconfirmed.oversizedPage === 'clamped' }
}

type Order = (a: UploadRecord, b: UploadRecord) => number

const byId: Order = (a, b) => compareUtf8(a.key, b.key) || compareUtf8(a.id, b.id)
const byTime: Order = (a, b) =>
  compareUtf8(a.key, b.key) || a.initiatedAt - b.initiatedAt || compareUtf8(a.id, b.id)

/**
 * Removes the uploads up to the markers. With both markers: keeps uploads after that upload. With only the key: keeps
 * uploads of greater keys.
 */
function pastMarkers(
  all: readonly UploadRecord[],
  keyMarker: string,
  idMarker: string,
  order: Order,
) {
  const marked = all.find(({ key, id }) => key === keyMarker && id === idMarker)
  return (upload: UploadRecord): boolean => {
    if (keyMarker === '') return true
    if (marked) return order(upload, marked) > 0
    const byKey = compareUtf8(upload.key, keyMarker)
    return byKey > 0 || (byKey === 0 && idMarker !== '' && compareUtf8(upload.id, idMarker) > 0)
  }
}

function groupUploads(
  uploads: readonly UploadRecord[],
  prefix: string,
  delimiter: string,
  keyMarker: string,
): (UploadRecord | { prefix: string })[] {
  if (delimiter === '') return [...uploads]
  const entries: (UploadRecord | { prefix: string })[] = []
  const groups = new Set([keyMarker])
  for (const upload of uploads) {
    const end = upload.key.indexOf(delimiter, prefix.length)
    const group = end < 0 ? undefined : upload.key.slice(0, end + delimiter.length)
    if (group === undefined) entries.push(upload)
    else if (!groups.has(group)) {
      groups.add(group)
      entries.push({ prefix: group })
    }
  }
  return entries
}

function uploadNode(upload: UploadRecord, write: (text: string) => string): Node {
  return [
    'Upload',
    [
      ['Key', write(upload.key)],
      ['UploadId', upload.id],
      ['StorageClass', upload.attributes.storageClass],
      ['Initiated', xmlTime(upload.initiatedAt)],
    ],
  ]
}
