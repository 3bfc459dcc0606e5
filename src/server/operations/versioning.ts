// The operations PutBucketVersioning and GetBucketVersioning.

import { text } from '../../xml/parse.ts'
import { emptyAnswer, xmlAnswer } from '../http/answer.ts'
import { OssFault } from '../http/errors.ts'
import { bucketOf, type Operation } from '../request/context.ts'
import { accept } from './accept.ts'
import { readXml } from './read-xml.ts'
import { readBody } from './receive.ts'

const bodySizeMax = 64 * 1024

export const putBucketVersioning: Operation = async context => {
  bucketOf(context)
  const root = readXml(await readBody(context.request, bodySizeMax))
  const versioning = text(root, 'Status')?.trim()
  if (root.name !== 'VersioningConfiguration') throw new OssFault('MalformedXML')
  if (versioning !== 'Enabled' && versioning !== 'Suspended') throw new OssFault('MalformedXML')
  accept(
    await context.store.changeBucket(context.bucket, record => ({ ...record, versioning })),
    context,
  )
  return emptyAnswer(200)
}

/** A bucket that never had versioning answers with an empty configuration. */
export const getBucketVersioning: Operation = async context => {
  const { versioning } = bucketOf(context)
  return xmlAnswer([
    'VersioningConfiguration',
    versioning === undefined ? '' : [['Status', versioning]],
  ])
}
