// Symbolic links: objects that refer to another object of their bucket. When a client reads through the link, the
// server checks that the target exists and may be read.

import { createHash } from 'node:crypto'
import { emptyAnswer } from '../http/answer.ts'
import { headerTime } from '../http/documents.ts'
import { percentDecode, percentEncode } from '../http/encoding.ts'
import { invalidArgument, noSuchKey, OssFault } from '../http/errors.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import { checkKey } from '../rules/names.ts'
import type { OpenObject } from '../store/store.ts'
import { accept } from './accept.ts'
import { readAttributes, readObjectAcl } from './attributes.ts'
import { findObject, placeOf, versionHeader } from './find-object.ts'
import { mayNotOverwrite } from './forbid-overwrite.ts'
import { authorizeAttributes } from './put-object.ts'

const targetHeader = 'x-oss-symlink-target'

export const putSymlink: Operation = async context => {
  const { request, store, bucket, key, clock } = context
  bucketOf(context)
  const target = readTarget(context)
  const attributes = readAttributes(context)
  const acl = readObjectAcl(request.headers) ?? 'default'
  const ifAbsent = mayNotOverwrite(context)
  await authorizeAttributes(context)
  const link = {
    key,
    type: 'Symlink',
    target,
    size: 0,
    // The rule by which OSS computes this ETag is not known. It differs between links and is not the ETag of the
    // target.
    etag: createHash('md5').update(`symlink ${target}`).digest('hex').toUpperCase(),
    crc64: '0',
    modifiedAt: clock.now(),
    attributes,
    acl,
    segments: [],
  } as const
  const stored = accept(await store.putObject(bucket, link, { ifAbsent }), context)
  return emptyAnswer(200, versionHeader(bucketOf(context), stored))
}

export const getSymlink: Operation = async context => {
  const { key } = context
  bucketOf(context)
  const link = await findObject(context)
  if (link.target === undefined) throw invalidArgument('symlink', key, 'This is no symbolic link.')
  return emptyAnswer(200, {
    [targetHeader]: percentEncode(link.target, '/'),
    etag: `"${link.etag}"`,
    'last-modified': headerTime(link.modifiedAt),
    ...versionHeader(bucketOf(context), link),
  })
}

/**
 * Opens an object for reading. For a link, bytes, size, ETag and checksums are those of its target; the other fields
 * are the link's own.
 * @throws {OssFault} NoSuchKey, SymlinkTargetNotExist, InvalidTargetType, AccessDenied
 */
export async function openToRead(context: Context): Promise<OpenObject> {
  const { store, bucket, key, authorize } = context
  const place = placeOf(context)
  await findObject(context, place)
  const own = await store.openObject(bucket, key, place.versionId)
  if (!own) throw noSuchKey(key)
  const link = own.record
  if (link.target === undefined) return own
  own.close()
  await authorize('oss:GetObject', { bucket, key: link.target })
  const open = await store.openObject(bucket, link.target)
  if (!open) throw new OssFault('SymlinkTargetNotExist', { extra: { Key: key } })
  if (open.record.target !== undefined) {
    open.close()
    throw new OssFault('InvalidTargetType', { extra: { Key: key } })
  }
  const { size, etag, md5, crc64, modifiedAt } = open.record
  const record = {
    ...link,
    size,
    etag,
    crc64,
    ...(md5 !== undefined && { md5 }),
    modifiedAt: Math.max(link.modifiedAt, modifiedAt),
  }
  return { ...open, record }
}

/** Reads the key of the target, percent-encoded as in a URL. */
function readTarget({ request }: Context): string {
  const given = request.headers[targetHeader] ?? ''
  if (given === '') throw invalidArgument(targetHeader, given, `${targetHeader} is required.`)
  const target = decode(given)
  checkKey(target)
  return target
}

function decode(text: string): string {
  try {
    return percentDecode(text)
  } catch {
    throw invalidArgument(targetHeader, text)
  }
}
