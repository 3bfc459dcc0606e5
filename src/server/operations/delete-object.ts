import { child, children, text } from '../../xml/parse.ts'
import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import { type Node, nameWriter } from '../http/documents.ts'
import { OssFault } from '../http/errors.ts'
import { bucketOf, type Operation } from '../request/context.ts'
import { checkKey } from '../rules/names.ts'
import { refuse } from './put-object.ts'
import { readXml } from './read-xml.ts'
import { readBody } from './receive.ts'

const bodySizeMax = 2 * 1024 * 1024
const keysMax = 1000

/** DeleteObject (3.5): 204 also for what is not there. */
export const deleteObject: Operation = async context => {
  bucketOf(context)
  refuse(await context.store.deleteObjects(context.bucket, [context.key]), context)
  return emptyAnswer(204)
}

/** DeleteMultipleObjects (3.5): absent keys count as deleted. */
export const deleteMultipleObjects: Operation = async context => {
  const { request, query, rules, store, bucket } = context
  bucketOf(context)
  if (
    request.headers['content-md5'] === undefined &&
    rules.unconfirmed.deleteWithoutMd5 !== 'accepted'
  ) {
    throw new OssFault('MissingArgument', {
      message: 'Content-MD5 is required.',
      extra: { ArgumentName: 'Content-MD5' },
    })
  }
  const root = readXml(await readBody(request, bodySizeMax))
  const objects = children(root, 'Object')
  if (root.name !== 'Delete' || objects.length === 0 || objects.length > keysMax) {
    throw new OssFault('MalformedXML', {
      ec: '0016-00000608',
      extra: { ErrorDetail: `The root is Delete, with 1 to ${keysMax} Objects.` },
    })
  }
  const keys = objects.map(object => {
    if (child(object, 'VersionId'))
      throw new OssFault('NotImplemented', { extra: { Header: 'VersionId' } })
    const key = text(object, 'Key') ?? ''
    if (key === '') throw new OssFault('UserKeyMustBeSpecified')
    checkKey(key, rules.unconfirmed)
    return key
  })
  refuse(await store.deleteObjects(bucket, [...new Set(keys)]), context)
  if (text(root, 'Quiet')?.trim().toLowerCase() === 'true') return emptyAnswer(200)
  const encodingType = query.get('encoding-type')
  const write = nameWriter(encodingType)
  return xmlAnswer([
    'DeleteResult',
    [
      encodingType === 'url' ? ['EncodingType', 'url'] : undefined,
      ...keys.map((key): Node => ['Deleted', [['Key', write(key)]]]),
    ],
  ])
}
