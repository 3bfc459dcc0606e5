// PutObjectTagging, GetObjectTagging, DeleteObjectTagging: read and change an object's tags, not its bytes.

import { child, children, text } from '../../xml/parse.ts'
import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import type { Node } from '../http/documents.ts'
import { OssFault } from '../http/errors.ts'
import { bucketOf, type Operation } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import { changeObject } from './change-object.ts'
import { findObject, versionHeader } from './find-object.ts'
import { readXml } from './read-xml.ts'
import { readBody } from './receive.ts'
import { checkTags } from './tags.ts'

const bodySizeMax = 64 * 1024

export const putObjectTagging: Operation = async context => {
  bucketOf(context)
  const root = readXml(await readBody(context.request, bodySizeMax))
  const set = child(root, 'TagSet')
  if (root.name !== 'Tagging' || !set) throw new OssFault('MalformedXML')
  const pairs = children(set, 'Tag').map(tag => {
    const name = text(tag, 'Key')
    if (name === undefined) throw new OssFault('MalformedXML')
    return [name, text(tag, 'Value') ?? ''] as const
  })
  const tags = checkTags(pairs, 'document', context.rules.unconfirmed)
  return emptyAnswer(200, await changeObject(context, withTags(tags)))
}

export const getObjectTagging: Operation = async context => {
  const record = bucketOf(context)
  const object = await findObject(context)
  const tags = Object.entries(object.attributes.tags).map(
    ([name, value]): Node => [
      'Tag',
      [
        ['Key', name],
        ['Value', value],
      ],
    ],
  )
  return xmlAnswer(['Tagging', [['TagSet', tags]]], versionHeader(record, object))
}

export const deleteObjectTagging: Operation = async context => {
  bucketOf(context)
  return emptyAnswer(204, await changeObject(context, withTags({})))
}

function withTags(tags: Readonly<Record<string, string>>) {
  return (object: ObjectRecord): ObjectRecord => ({
    ...object,
    attributes: { ...object.attributes, tags },
  })
}
