import { isExpired } from '../auth/authenticate.ts'
import { emptyAnswer } from '../http/answer.ts'
import { OssFault } from '../http/errors.ts'
import { readCallback, withCallback } from '../request/callback.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import { accept } from './accept.ts'
import {
  readAttributes,
  readObjectAcl,
  refuseConditions,
  refuseUnsupported,
  trafficLimitHeader,
  withTrafficLimit,
} from './attributes.ts'
import { versionHeader } from './find-object.ts'
import { mayNotOverwrite } from './forbid-overwrite.ts'
import { receive } from './receive.ts'

/** The operation PutObject (3.2). */
export const putObject: Operation = async context => {
  const { request, store, bucket, key } = context
  const { headers } = request
  bucketOf(context)
  refuseConditions(headers)
  refuseUnsupported(headers)
  const limited = withTrafficLimit(context)
  const attributes = readAttributes(context)
  const acl = readObjectAcl(headers) ?? 'default'
  await authorizeAttributes(context)
  const callback = readCallback(context)
  const ifAbsent = mayNotOverwrite(context)
  // Like OSS, checks as early as possible. The store checks again when the bytes have arrived.
  if (ifAbsent && (await store.object(bucket, key))) throw new OssFault('FileAlreadyExists')

  const object = await receive(limited, async received => {
    checkStillValid(context)
    const object: ObjectRecord = {
      key,
      type: 'Normal',
      modifiedAt: context.clock.now(),
      attributes,
      acl,
      ...received,
    }
    return accept(await store.putObject(bucket, object, { ifAbsent }), context)
  })
  // The callback runs outside `receive`, which would drop the object's bytes if the callback failed.
  const answer = emptyAnswer(200, {
    etag: `"${object.etag}"`,
    ...(object.md5 === undefined ? {} : { 'content-md5': object.md5 }),
    'x-oss-hash-crc64ecma': object.crc64,
    ...attributes.encryption,
    ...versionHeader(bucketOf(context), object),
    ...trafficLimitHeader(context, object.size),
  })
  return withCallback(context, callback, object, answer)
}

/** Checks the further permissions that headers need (6.1). Tags are accepted at Put, Copy and Initiate only. */
export async function authorizeAttributes(context: Context): Promise<void> {
  if (context.request.headers['x-oss-tagging'] !== undefined) {
    await context.authorize('oss:PutObjectTagging')
  }
  await authorizeAcl(context)
}

/** Checks the permission for an object's ACL. Whether OSS requires one is unconfirmed. */
export async function authorizeAcl({ request, rules, authorize }: Context): Promise<void> {
  if (rules.unconfirmed.objectAclPermission !== 'needed') return
  if (request.headers['x-oss-object-acl'] !== undefined) await authorize('oss:PutObjectAcl')
}

/**
 * Checks that the token is still valid. It may expire while the body is transferred; whether OSS then refuses is
 * unconfirmed.
 */
export function checkStillValid({ caller, clock, rules }: Context): void {
  if (rules.unconfirmed.tokenExpiry !== 'also-at-end' || !caller) return
  if (isExpired(caller, clock.now())) throw new OssFault('SecurityTokenExpired')
}
