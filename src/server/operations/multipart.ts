// The start of a multipart upload, its parts, and Abort (3.9, 3.10, 3.13).

import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import { nameWriter } from '../http/documents.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { bucketOf, type Context, type Operation, randomHex } from '../request/context.ts'
import { noSuchUpload } from '../request/upload-activity.ts'
import type { UploadRecord } from '../store/records.ts'
import { accept } from './accept.ts'
import {
  readAttributes,
  refuseEncryption,
  refuseUnsupported,
  trafficLimitHeader,
  withTrafficLimit,
} from './attributes.ts'
import { mayNotOverwrite } from './forbid-overwrite.ts'
import { readEncodingType } from './paging.ts'
import { authorizeAttributes, checkStillValid } from './put-object.ts'
import { receive } from './receive.ts'

const partNumberMax = 10_000

/** InitiateMultipartUpload: every call creates a new upload. */
export const initiateMultipartUpload: Operation = async context => {
  const { query, store, bucket, key, random, clock, rules, request } = context
  bucketOf(context)
  if (query.has('sequential'))
    throw new OssFault('NotImplemented', { extra: { Header: 'sequential' } })
  refuseUnsupported(request.headers)
  const attributes = readAttributes(context)
  await authorizeAttributes(context)
  const encodingType = readEncodingType(query)
  const isForbidden = mayNotOverwrite(context)
  const isChecked = rules.unconfirmed.forbidOverwriteAtInitiate === 'checked'
  if (isForbidden && isChecked && (await store.object(bucket, key))) {
    throw new OssFault('FileAlreadyExists')
  }
  // In OSS's documents, ids start with 0. Clients' tests compare ids with markers.
  const id = `0${randomHex(random, 32).slice(1)}`
  accept(
    await store.createUpload(bucket, { id, key, initiatedAt: clock.now(), attributes }),
    context,
  )
  return xmlAnswer(
    [
      'InitiateMultipartUploadResult',
      [
        encodingType === undefined ? undefined : ['EncodingType', encodingType],
        ['Bucket', bucket],
        ['Key', nameWriter(encodingType)(key)],
        ['UploadId', id],
      ],
    ],
    attributes.encryption,
  )
}

/** UploadPart: parts may come in any order and in parallel. A part replaces an earlier part with its number. */
export const uploadPart: Operation = async context => {
  const { request, store, bucket, clock, rules, activity } = context
  bucketOf(context)
  // ali-oss's test suite sends a limit below the documented range with every part.
  const limited = withTrafficLimit(context, { isClamped: true })
  const number = readPartNumber(context)
  refuseEncryption(request.headers)
  const upload = await findUpload(context, '0042-00000104')
  return activity.duringPart(upload.id, () =>
    receive(limited, async received => {
      checkStillValid(context)
      await activity.awaitComplete(upload.id, rules.unconfirmed)
      const { md5, ...stored } = received
      const part = { number, modifiedAt: clock.now(), ...stored }
      if (await store.putPart(bucket, upload.id, part))
        throw noSuchUpload(upload.id, '0042-00000104')
      return emptyAnswer(200, {
        etag: `"${part.etag}"`,
        'content-md5': md5,
        'x-oss-hash-crc64ecma': part.crc64,
        ...upload.attributes.encryption,
        ...trafficLimitHeader(context, part.size, { isClamped: true }),
      })
    }),
  )
}

/** AbortMultipartUpload. Parts in flight may stay stored; that is unconfirmed. */
export const abortMultipartUpload: Operation = async context => {
  const { store, bucket, activity, rules } = context
  bucketOf(context)
  const { id } = await findUpload(context, '0042-00000002')
  const keepUpload =
    rules.unconfirmed.abortWithPartsUnderWay === 'survives' && activity.partsUnderWay(id) > 0
  if (await store.abortUpload(bucket, id, { keepUpload })) throw noSuchUpload(id)
  return emptyAnswer(204)
}

/**
 * Finds the upload with the query's `uploadId`. It must be unfinished, belong to this key, and have no running
 * Complete.
 * @throws {OssFault} NoSuchUpload
 */
export async function findUpload(context: Context, ec: string): Promise<UploadRecord> {
  const { query, store, bucket, key, activity, rules } = context
  const id = query.get('uploadId') ?? ''
  await activity.awaitComplete(id, rules.unconfirmed)
  const upload = await store.upload(bucket, id)
  if (!upload || upload.key !== key) throw noSuchUpload(id, ec)
  return upload
}

export function readPartNumber({ query }: Context): number {
  const text = query.get('partNumber') ?? ''
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > partNumberMax) {
    throw invalidArgument(
      'PartNumber',
      text,
      `Part numbers are 1 to ${partNumberMax}.`,
      '0017-00000220',
    )
  }
  return number
}
