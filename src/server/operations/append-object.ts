// AppendObject (3.7). After an append, the object shares the bytes that it had before. Of two appends at one
// position, only one succeeds.

import { createHash } from 'node:crypto'
import { crc64Combine } from '../../hash/crc64.ts'
import { emptyAnswer } from '../http/answer.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import { accept } from './accept.ts'
import {
  readAttributes,
  readObjectAcl,
  refuseConditions,
  refuseUnsupported,
  withTrafficLimit,
} from './attributes.ts'
import { versionHeader } from './find-object.ts'
import { authorizeAttributes, checkStillValid } from './put-object.ts'
import { bodySizeMax, type Received, receive } from './receive.ts'

export const appendObject: Operation = async context => {
  const { request, store, bucket, key } = context
  bucketOf(context)
  refuseConditions(request.headers)
  refuseUnsupported(request.headers)
  const limited = withTrafficLimit(context)
  const position = readPosition(context)
  const acl = readObjectAcl(request.headers)
  await authorizeAttributes(context)
  // Like OSS, checks as early as possible. The position is checked again when the bytes have arrived.
  const found = await store.latest(bucket, key)
  checkPosition(found, position)
  // Headers are used only by the first append: wrong headers are refused there and ignored afterwards.
  if (!found) readAttributes(context)

  const object = await receive(limited, async received => {
    checkStillValid(context)
    for (;;) {
      const known = await store.latest(bucket, key)
      checkPosition(known, position)
      const object: ObjectRecord = {
        key,
        type: 'Appendable',
        modifiedAt: context.clock.now(),
        // The headers come from the first append. The ACL comes from the last append that has one.
        attributes: known?.attributes ?? readAttributes(context),
        acl: acl ?? known?.acl ?? 'default',
        ...joined(known ?? nothing, received),
      }
      const result = await store.putObject(bucket, object, {
        ifAbsent: false,
        ifStill: known,
        // An appendable object has no older versions.
        isNullVersion: true,
      })
      if (result === 'changed') continue
      return accept(result, context)
    }
  })
  return emptyAnswer(200, {
    etag: `"${object.etag}"`,
    'x-oss-hash-crc64ecma': object.crc64,
    'x-oss-next-append-position': String(object.size),
    ...object.attributes.encryption,
    ...versionHeader(bucketOf(context), object),
  })
}

function readPosition({ query }: Context): number {
  const text = query.get('position')
  if (text === undefined) {
    throw new OssFault('MissingArgument', { extra: { ArgumentName: 'position' } })
  }
  if (!/^\d{1,15}$/.test(text)) throw invalidArgument('position', text)
  return Number(text)
}

function checkPosition(object: ObjectRecord | undefined, position: number): void {
  if (object !== undefined && (object.isDeleteMarker || object.type !== 'Appendable')) {
    throw new OssFault('ObjectNotAppendable')
  }
  const size = object?.size ?? 0
  if (position === size) return
  throw new OssFault('PositionNotEqualToLength', {
    ec: '0026-00000016',
    headers: { 'x-oss-next-append-position': String(size) },
  })
}

type Bytes = Pick<ObjectRecord, 'size' | 'etag' | 'crc64' | 'segments'>

const nothing: Bytes = { size: 0, etag: '', crc64: '0', segments: [] }

function joined(before: Bytes, added: Received): Bytes {
  const size = before.size + added.size
  if (size > bodySizeMax) throw new OssFault('EntityTooLarge')
  return {
    size,
    // The rule by which OSS computes this ETag is not known. It is not the MD5 of the bytes.
    etag: createHash('md5').update(`${before.etag}${added.etag}`).digest('hex').toUpperCase(),
    crc64: crc64Combine(BigInt(before.crc64), BigInt(added.crc64), added.size).toString(),
    segments: [...before.segments, ...added.segments],
  }
}
