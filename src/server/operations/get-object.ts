import { emptyAnswer } from '../http/answer.ts'
import { headerTime } from '../http/documents.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import type { ServerResponse } from '../http/http.ts'
import { slowed } from '../http/slowed.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import { readTrafficLimit, trafficLimitHeader } from './attributes.ts'
import { checkConditions } from './conditions.ts'
import { findObject, versionHeader } from './find-object.ts'
import { compress, compressedHeaders, isCompressed } from './gzip.ts'
import { readRange } from './range.ts'
import { openToRead } from './symlink.ts'

const overrides = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
]

/** The operation GetObject (3.3). */
export const getObject: Operation = async context => {
  bucketOf(context)
  const limit = readTrafficLimit(context)
  const open = await openToRead(context)
  try {
    const { status, headers: described, start, end } = describeRead(context, open.record)
    const headers = { ...described, ...trafficLimitHeader(context, end - start) }
    const bytes = open.read(start, end)
    const body = limit === undefined ? bytes : slowed(bytes, limit, context.clock)
    // Only a whole object is compressed: ranges count the object's own bytes.
    if (status === 200 && isCompressed(context.request.headers['accept-encoding'], headers)) {
      return { status, headers: compressedHeaders(headers), body: compress(body) }
    }
    return { status, headers, body }
  } catch (error) {
    open.close()
    throw error
  }
}

/** The operation HeadObject (3.4). */
export const headObject: Operation = async context => {
  bucketOf(context)
  const open = await openToRead(context)
  open.close()
  const { status, headers } = describeRead(context, open.record)
  const accepted = context.request.headers['accept-encoding']
  const isShort = status === 200 && isCompressed(accepted, headers)
  return { status, headers: isShort ? compressedHeaders(headers) : headers }
}

/** The operation GetObjectMeta (3.4). */
export const getObjectMeta: Operation = async context => {
  const record = bucketOf(context)
  const object = await findObject(context)
  return emptyAnswer(200, {
    'content-length': String(object.size),
    etag: `"${object.etag}"`,
    'last-modified': headerTime(object.modifiedAt),
    'x-oss-hash-crc64ecma': object.crc64,
    ...versionHeader(record, object),
  })
}

function describeRead(context: Context, object: ObjectRecord) {
  const { request, rules } = context
  checkConditions(request.headers, '', object, rules.unconfirmed)
  const range = readRange(request.headers.range, object.size, {
    isStandard: request.headers['x-oss-range-behavior'] === 'standard',
    isBadRefused: rules.unconfirmed.badStandardRange === 'InvalidRange',
  })
  const { start, end } = range ?? { start: 0, end: object.size }
  const headers: ServerResponse['headers'] = {
    'accept-ranges': 'bytes',
    ...describeObject(object),
    ...versionHeader(bucketOf(context), object),
    ...readOverrides(context),
    'content-length': String(end - start),
    ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${object.size}` } : {}),
  }
  return { status: range ? 206 : 200, headers, start, end }
}

function describeObject(object: ObjectRecord): Record<string, string> {
  const { attributes, md5 } = object
  const tagCount = Object.keys(attributes.tags).length
  return {
    ...attributes.headers,
    ...attributes.encryption,
    ...(md5 === undefined ? {} : { 'content-md5': md5 }),
    ...(tagCount === 0 ? {} : { 'x-oss-tagging-count': String(tagCount) }),
    etag: `"${object.etag}"`,
    'last-modified': headerTime(object.modifiedAt),
    'x-oss-hash-crc64ecma': object.crc64,
    'x-oss-object-type': object.type,
    ...(object.type === 'Appendable' ? { 'x-oss-next-append-position': String(object.size) } : {}),
    'x-oss-storage-class': attributes.storageClass,
  }
}

/** Reads `response-content-type` and similar overrides, which only signed requests may use. */
function readOverrides({ query, caller }: Context): Record<string, string> {
  const given: Record<string, string> = {}
  for (const name of overrides) {
    const value = query.get(`response-${name}`)
    if (value === undefined) continue
    if (!caller) {
      throw new OssFault('InvalidRequest', {
        message: 'Anonymous requests cannot set response headers.',
      })
    }
    // A line break in this value would let a client forge a header.
    if (/[^\t\x20-\x7e\u0080-\uffff]/.test(value)) throw invalidArgument(`response-${name}`, value)
    given[name] = value
  }
  return given
}
