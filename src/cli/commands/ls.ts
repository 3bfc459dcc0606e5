import type { Bucket } from '../../runtimes/node/index.ts'
import { formatAddress, parseAddress } from '../args/address.ts'
import { command, type Shell } from '../args/command.ts'
import { toggle } from '../args/flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { retrying } from '../connect/retrying.ts'
import { formatBytes, formatMoment } from '../output/figures.ts'

/** The most objects that OSS lists in one answer. */
const pageSize = 1000

export const ls = command({
  usage: ['ls', 'ls oss://bucket', 'ls oss://bucket/prefix', 'ls -r oss://bucket/prefix'],
  examples: [
    ['ossup ls', 'your buckets'],
    ['ossup ls oss://examplebucket/photos/', ''],
    ['ossup ls -r --human oss://examplebucket', 'all objects, sizes as 213.4 MiB'],
  ],
  details: [
    'Without an address: your buckets. With one: the objects whose keys start with the prefix, in the order of their bytes. Keys with a further slash are combined into one line PRE, unless -r lists them all. Control characters of a key are shown as \\x0a; --json gives keys as they are. ossup du adds up sizes.',
  ],
  positionals: { min: 0, max: 1 },
  flags: {
    recursive: toggle('list what lies behind further slashes as well', 'r'),
    human: toggle('sizes as 213.4 MiB'),
    ...commonFlags,
  },
  async run({ positionals: [target], flags }, shell) {
    if (target === undefined) {
      if (flags.recursive) {
        throw new UsageError('ls: -r needs a bucket', 'Write ossup ls -r oss://bucket.')
      }
      // A list of buckets concerns no single bucket. The class requires a name, but this request does not send it.
      return listBuckets(await bucketOf('any', flags, shell), shell)
    }
    const { bucket, key } = parseAddress(target, 'oss://bucket or oss://bucket/prefix')
    await listObjects(await bucketOf(bucket, flags, shell), key, flags, shell)
  },
})

async function listBuckets(service: Bucket, shell: Shell): Promise<void> {
  const { screen } = shell
  const again = retrying(service, shell)
  let buckets = 0
  let marker: string | undefined
  do {
    const request = { maxKeys: pageSize, ...(marker !== undefined && { marker }) }
    const page = await again('ListBuckets', call => service.listBuckets(request, call))
    for (const { name, ...facts } of page.buckets) {
      const { createdAt, region } = facts
      const text = `${formatMoment(createdAt)}  ${region.padEnd(14)}  oss://${name}`
      screen.result('bucket', { bucket: name, ...facts }, text)
      buckets += 1
    }
    marker = page.nextMarker
  } while (marker !== undefined && !screen.isUnheard)
  screen.outcome({ buckets })
}

async function listObjects(
  bucket: Bucket,
  prefix: string,
  { recursive, human }: { readonly recursive: boolean; readonly human: boolean },
  shell: Shell,
): Promise<void> {
  const { screen } = shell
  const { name } = bucket
  const again = retrying(bucket, shell)
  const counts = { objects: 0, prefixes: 0, bytes: 0 }
  const delimiter = recursive ? {} : { delimiter: '/' }
  let continuationToken: string | undefined
  do {
    const from = continuationToken === undefined ? {} : { continuationToken }
    const request = { prefix, maxKeys: pageSize, ...delimiter, ...from }
    const page = await again('ListObjects', call => bucket.listObjects(request, call))
    for (const common of page.prefixes) {
      const text = line('', 'PRE', formatAddress({ bucket: name, key: common }))
      screen.result('prefix', { bucket: name, prefix: common }, text)
      counts.prefixes += 1
    }
    for (const object of page.objects) {
      const { key, size, lastModified } = object
      const shown = human ? formatBytes(size) : String(size)
      const text = line(formatMoment(lastModified), shown, formatAddress({ bucket: name, key }))
      screen.result('object', { bucket: name, ...object }, text)
      counts.objects += 1
      counts.bytes += size
    }
    continuationToken = page.nextContinuationToken
  } while (continuationToken !== undefined && !screen.isUnheard)
  screen.outcome({ bucket: name, prefix, ...counts })
}

function line(moment: string, size: string, address: string): string {
  return `${moment.padEnd(20)}  ${size.padStart(14)}  ${address}`
}
