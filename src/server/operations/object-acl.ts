import { emptyAnswer } from '../http/answer.ts'
import { OssFault } from '../http/errors.ts'
import { bucketOf, type Operation } from '../request/context.ts'
import { readObjectAcl } from './attributes.ts'
import { aclAnswer } from './bucket.ts'
import { changeObject } from './change-object.ts'
import { findObject, versionHeader } from './find-object.ts'

export const getObjectAcl: Operation = async context => {
  const record = bucketOf(context)
  const object = await findObject(context)
  return aclAnswer(object.acl, versionHeader(record, object))
}

export const putObjectAcl: Operation = async context => {
  bucketOf(context)
  const acl = readObjectAcl(context.request.headers)
  if (acl === undefined) {
    throw new OssFault('MissingArgument', { extra: { ArgumentName: 'x-oss-object-acl' } })
  }
  return emptyAnswer(200, await changeObject(context, object => ({ ...object, acl })))
}
