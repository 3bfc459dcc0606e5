// CopyObject and UploadPartCopy (3.6, 3.11). A copy shares the stored bytes of its source.

import { createHash } from 'node:crypto'
import { crc64 } from '../../hash/crc64.ts'
import { xmlAnswer } from '../http/answer.ts'
import { xmlTime } from '../http/documents.ts'
import { percentDecode } from '../http/encoding.ts'
import { invalidArgument, noSuchKey, OssFault } from '../http/errors.ts'
import { bucketOf, type Context, type Operation, randomHex } from '../request/context.ts'
import { noSuchUpload } from '../request/upload-activity.ts'
import { checkKey, isBucketName } from '../rules/names.ts'
import type { Attributes, ObjectRecord } from '../store/records.ts'
import { cutSegments } from '../store/segments.ts'
import type { OpenObject } from '../store/store.ts'
import { accept } from './accept.ts'
import { readAttributes, readObjectAcl } from './attributes.ts'
import { checkConditions } from './conditions.ts'
import { checkVersionId, findObject, versionHeader } from './find-object.ts'
import { mayNotOverwrite } from './forbid-overwrite.ts'
import { findUpload, readPartNumber } from './multipart.ts'
import { authorizeAttributes } from './put-object.ts'
import { readRange } from './range.ts'
import { bodySizeMax } from './receive.ts'

const gib = 1024 ** 3

export const copyObject: Operation = async context => {
  const { request, store, bucket, key, clock, rules } = context
  bucketOf(context)
  const { unconfirmed } = rules
  const given = readAttributes(context)
  const acl = readObjectAcl(request.headers) ?? 'default'
  const ifAbsent = mayNotOverwrite(context)
  await authorizeAttributes(context)
  return withSource(context, async ({ record: source }, sourceVersion, sourceBucket) => {
    if (source.size > (unconfirmed.copySizeMax === '5GiB' ? 5 * gib : gib)) {
      throw new OssFault('EntityTooLarge')
    }
    const isOpaque = source.type === 'Multipart' && unconfirmed.multipartCopy === 'opaque'
    const object: ObjectRecord = {
      ...source,
      key,
      acl,
      modifiedAt: clock.now(),
      attributes: copyAttributes(context, source, sourceBucket, given),
      ...(isOpaque && { type: 'Normal', etag: randomHex(context.random, 32) }),
    }
    const stored = accept(await store.putObject(bucket, object, { ifAbsent }), context)
    return xmlAnswer(
      [
        'CopyObjectResult',
        [
          ['ETag', `"${object.etag}"`],
          ['LastModified', xmlTime(object.modifiedAt)],
        ],
      ],
      {
        ...(unconfirmed.copyCrc === 'present' && { 'x-oss-hash-crc64ecma': object.crc64 }),
        ...object.attributes.encryption,
        ...sourceVersion,
        ...versionHeader(bucketOf(context), stored),
      },
    )
  })
}

export const uploadPartCopy: Operation = async context => {
  const { store, bucket, clock, rules, activity } = context
  bucketOf(context)
  const number = readPartNumber(context)
  const upload = await findUpload(context, '0042-00000311')
  return withSource(context, (open, sourceVersion) =>
    activity.duringPart(upload.id, async () => {
      const { start, end } = readSourceRange(context, open.record.size)
      if (end - start > bodySizeMax) throw new OssFault('EntityTooLarge')
      const part = {
        number,
        size: end - start,
        modifiedAt: clock.now(),
        segments: cutSegments(open.record.segments, start, end),
        ...(await digest(open, start, end)),
      }
      await activity.awaitComplete(upload.id, rules.unconfirmed)
      if (await store.putPart(bucket, upload.id, part))
        throw noSuchUpload(upload.id, '0042-00000311')
      return xmlAnswer(
        [
          'CopyPartResult',
          [
            ['LastModified', xmlTime(part.modifiedAt)],
            ['ETag', `"${part.etag}"`],
          ],
        ],
        {
          etag: `"${part.etag}"`,
          ...upload.attributes.encryption,
          ...(rules.unconfirmed.copyCrc === 'present' && { 'x-oss-hash-crc64ecma': part.crc64 }),
          ...sourceVersion,
        },
      )
    }),
  )
}

/** Opens the source, which the caller must be allowed to read, and closes it after use. */
async function withSource<Result>(
  context: Context,
  use: (
    source: OpenObject,
    versionHeader: Record<string, string>,
    bucket: string,
  ) => Promise<Result>,
): Promise<Result> {
  const { request, store, rules } = context
  const source = readSource(request.headers['x-oss-copy-source'] ?? '')
  const action = source.versionId === undefined ? 'oss:GetObject' : 'oss:GetObjectVersion'
  await context.authorize(action, source)
  const record = await store.bucket(source.bucket)
  if (!record) throw new OssFault('NoSuchBucket', { extra: { BucketName: source.bucket } })
  await findSource(context, source)
  const open = await store.openObject(source.bucket, source.key, source.versionId)
  if (!open) throw noSuchKey(source.key)
  try {
    checkConditions(request.headers, 'x-oss-copy-source-', open.record, rules.unconfirmed)
    const version = versionHeader(record, open.record, 'x-oss-copy-source-version-id')
    return await use(open, version, source.bucket)
  } finally {
    open.close()
  }
}

interface Source {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

/** Finds the source. A delete marker cannot be copied. The error code for it is unconfirmed. */
async function findSource(context: Context, { bucket, key, versionId }: Source): Promise<void> {
  try {
    await findObject({ ...context, bucket }, versionId === undefined ? { key } : { key, versionId })
  } catch (error) {
    if (!(error instanceof OssFault) || error.code !== 'MethodNotAllowed') throw error
    if (context.rules.unconfirmed.copyDeleteMarker === 'NoSuchKey') throw noSuchKey(key)
    throw invalidArgument(
      'x-oss-copy-source',
      versionId ?? '',
      'A delete marker cannot be copied.',
      '0016-00000307',
    )
  }
}

/** Reads `/{bucket}/{encoded key}`, optionally with `?versionId={id}`. */
function readSource(text: string): Source {
  const refused = () => invalidArgument('x-oss-copy-source', text)
  const [path = '', version] = text.split('?', 2)
  const versionId = version === undefined ? undefined : /^versionId=(.*)$/s.exec(version)?.[1]
  if (version !== undefined && versionId === undefined) throw refused()
  const decoded = decode(path, refused)
  const parts = /^\/?([^/]+)\/(.+)$/s.exec(decoded)
  const [, bucket = '', key = ''] = parts ?? []
  if (!isBucketName(bucket)) throw refused()
  checkKey(key)
  if (versionId === undefined) return { bucket, key }
  return { bucket, key, versionId: checkVersionId(decode(versionId, refused)) }
}

function decode(path: string, refused: () => OssFault): string {
  try {
    return percentDecode(path)
  } catch {
    throw refused()
  }
}

/**
 * Returns the attributes of the copy. COPY keeps the attributes of the source, REPLACE uses the request's. Storage
 * class and encryption always come from the request. If an object without versions is copied to itself, the copy gets
 * the request's metadata with either directive.
 */
function copyAttributes(
  context: Context,
  { key, attributes: source }: ObjectRecord,
  sourceBucket: string,
  given: Attributes,
): Attributes {
  const { request } = context
  const isSame = sourceBucket === context.bucket && key === context.key
  const isOntoItself = isSame && bucketOf(context).versioning === undefined
  const isReplaced = directive(request.headers, 'x-oss-metadata-directive') || isOntoItself
  const areTagsReplaced = directive(request.headers, 'x-oss-tagging-directive')
  return {
    ...given,
    headers: isReplaced ? given.headers : source.headers,
    tags: areTagsReplaced ? given.tags : source.tags,
  }
}

function directive(headers: Readonly<Record<string, string>>, name: string): boolean {
  const value = headers[name]?.toUpperCase() ?? 'COPY'
  if (value !== 'COPY' && value !== 'REPLACE') throw invalidArgument(name, headers[name] ?? '')
  return value === 'REPLACE'
}

/**
 * Reads `bytes=a-b`, `bytes=a-` or `bytes=-n`, as for downloads. A range that does not fit selects the whole object.
 */
function readSourceRange({ request }: Context, size: number): { start: number; end: number } {
  const range = readRange(request.headers['x-oss-copy-source-range'], size, {
    isStandard: false,
    isBadRefused: false,
  })
  return range ?? { start: 0, end: size }
}

async function digest(open: OpenObject, start: number, end: number) {
  const { record } = open
  if (start === 0 && end === record.size && record.type === 'Normal' && record.md5 !== undefined) {
    return {
      etag: Buffer.from(record.md5, 'base64').toString('hex').toUpperCase(),
      crc64: record.crc64,
    }
  }
  const hash = createHash('md5')
  let crc = 0n
  for await (const chunk of open.read(start, end)) {
    hash.update(chunk)
    crc = crc64(chunk, crc)
  }
  return { etag: hash.digest('hex').toUpperCase(), crc64: crc.toString() }
}
