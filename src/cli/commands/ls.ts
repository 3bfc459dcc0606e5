import { formatAddress, parseAddress } from '../address.ts'
import { command } from '../command.ts'
import { bucketOf, commonFlags } from '../connection.ts'
import { formatMoment } from '../figures.ts'

/** What OSS gives at once at most. */
const pageSize = 1000

export const ls = command({
  usage: ['ls oss://bucket', 'ls oss://bucket/prefix'],
  summary: 'list objects',
  details: 'All objects whose keys begin with the prefix, in the order of their bytes.',
  positionals: { min: 1, max: 1 },
  flags: commonFlags,
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen, signal } = shell
    const { bucket: name, key: prefix } = parseAddress(
      target,
      'oss://bucket or oss://bucket/prefix',
    )
    const bucket = await bucketOf(name, flags, shell)
    let count = 0
    let bytes = 0
    let continuationToken: string | undefined
    do {
      const page = await bucket.listObjects(
        { prefix, maxKeys: pageSize, ...(continuationToken && { continuationToken }) },
        { signal },
      )
      for (const object of page.objects) {
        screen.result('object', { bucket: name, ...object }, objectLine(name, object))
        count += 1
        bytes += object.size
      }
      continuationToken = page.nextContinuationToken
    } while (continuationToken !== undefined)
    screen.outcome({ bucket: name, prefix, objects: count, bytes })
  },
})

function objectLine(bucket: string, { key, size, lastModified }: Listed): string {
  return `${formatMoment(lastModified)}  ${String(size).padStart(14)}  ${formatAddress({ bucket, key })}`
}

interface Listed {
  readonly key: string
  readonly size: number
  readonly lastModified: number
}
