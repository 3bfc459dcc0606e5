import { emptyAnswer } from '../http/answer.ts'
import { invalidArgument, noSuchKey } from '../http/errors.ts'
import { bucketOf, type Operation } from '../request/context.ts'
import { readObjectAcl } from './attributes.ts'
import { aclAnswer } from './bucket.ts'
import { changeObject } from './change-object.ts'

export const getObjectAcl: Operation = async context => {
  bucketOf(context)
  const object = await context.store.object(context.bucket, context.key)
  if (!object) throw noSuchKey(context.key)
  return aclAnswer(object.acl)
}

export const putObjectAcl: Operation = async context => {
  bucketOf(context)
  const acl = readObjectAcl(context.request.headers)
  if (acl === undefined) throw invalidArgument('x-oss-object-acl', '')
  await changeObject(context, object => ({ ...object, acl }))
  return emptyAnswer(200)
}
