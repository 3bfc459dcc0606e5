// GetBucketStat: counts the content of a bucket at each request. The sizes are those of the objects. OSS bills small
// objects of the colder classes with a larger size; this server does not.

import { xmlAnswer } from '../http/answer.ts'
import type { Node } from '../http/documents.ts'
import { bucketOf, type Context, type Operation } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'

const pageSize = 1000

export const getBucketStat: Operation = async context => {
  bucketOf(context)
  const total = { size: 0, count: 0 }
  const byClass = new Map<string, typeof total>()
  let modifiedAt = 0
  for await (const { size, attributes, ...object } of allObjects(context)) {
    const own = byClass.get(attributes.storageClass) ?? { size: 0, count: 0 }
    byClass.set(attributes.storageClass, own)
    for (const sum of [total, own]) {
      sum.size += size
      sum.count++
    }
    modifiedAt = Math.max(modifiedAt, object.modifiedAt)
  }
  const of = (storageClass: string) => byClass.get(storageClass) ?? { size: 0, count: 0 }
  const cold = (storageClass: string, name: string): Node[] => [
    [`${name}Storage`, of(storageClass).size],
    [`${name}RealStorage`, of(storageClass).size],
    [`${name}ObjectCount`, of(storageClass).count],
  ]
  return xmlAnswer([
    'BucketStat',
    [
      ['Storage', total.size],
      ['ObjectCount', total.count],
      ['MultipartUploadCount', (await context.store.uploads(context.bucket)).length],
      ['LiveChannelCount', 0],
      ['LastModifiedTime', Math.floor(modifiedAt / 1000)],
      ['StandardStorage', of('Standard').size],
      ['StandardObjectCount', of('Standard').count],
      ...cold('IA', 'InfrequentAccess'),
      ...cold('Archive', 'Archive'),
      ...cold('ColdArchive', 'ColdArchive'),
      ...cold('DeepColdArchive', 'DeepColdArchive'),
    ],
  ])
}

async function* allObjects({ store, bucket }: Context): AsyncGenerator<ObjectRecord, void> {
  let after = ''
  for (;;) {
    const query = { prefix: '', delimiter: '', after, limit: pageSize }
    const { entries, isTruncated } = await store.listObjects(bucket, query)
    for (const entry of entries) {
      if (!('key' in entry)) continue
      after = entry.key
      yield entry
    }
    if (!isTruncated) return
  }
}
