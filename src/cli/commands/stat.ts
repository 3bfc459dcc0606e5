import { formatAddress, parseObjectAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { retrying } from '../connect/retrying.ts'
import { formatExactly, formatMoment } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'

export const stat = command({
  usage: ['stat oss://bucket/key'],
  examples: [
    ['ossup stat oss://examplebucket/film.mp4', ''],
    ['ossup stat --json oss://examplebucket/film.mp4', ''],
  ],
  positionals: { min: 1, max: 1 },
  flags: commonFlags,
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen } = shell
    const address = parseObjectAddress(target)
    const bucket = await bucketOf(address.bucket, flags, shell)
    const head = await retrying(bucket, shell)('HeadObject', call =>
      bucket.headObject({ key: address.key }, call),
    )
    const { size, crc64, etag, lastModified, contentType, storageClass, versionId, objectType } =
      head
    const tagCount = Number(head.headers['x-oss-tagging-count'] ?? 0)
    const facts = {
      size,
      etag,
      crc64,
      lastModified,
      contentType,
      storageClass,
      objectType,
      versionId,
      tagCount,
    }
    const rows: [name: string, value: string | undefined][] = [
      ['size', formatExactly(size)],
      ['crc64', crc64],
      ['etag', etag],
      ['modified', formatMoment(lastModified)],
      ['type', contentType],
      ['storage', storageClass],
      ['kind', objectType],
      ['version', versionId],
      ['tags', tagCount > 0 ? String(tagCount) : undefined],
      ...Object.entries(head.metadata).map(([name, value]): [string, string] => [
        `meta ${name}`,
        value,
      ]),
    ]
    const lines = rows
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `  ${name.padEnd(10)} ${printableLine(value ?? '')}`)
    const text = [formatAddress(address), ...lines].join('\n')
    screen.result('result', { ...address, ...facts, metadata: head.metadata }, text)
  },
})
