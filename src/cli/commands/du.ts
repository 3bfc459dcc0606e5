import { formatAddress, parseAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { objectsBelow } from '../connect/objects-below.ts'
import { formatCount, formatExactly } from '../output/figures.ts'
import { counted } from '../view/progress-line.ts'

/** Listing millions of objects takes minutes, so a terminal shows the progress. */
const shownEvery = 10_000

interface Sum {
  objects: number
  bytes: number
}

export const du = command({
  usage: ['du oss://bucket', 'du oss://bucket/prefix'],
  examples: [
    ['ossup du oss://examplebucket', 'the whole bucket'],
    ['ossup du oss://examplebucket/photos/', 'all objects below a prefix'],
  ],
  details: [
    'Counts objects and adds up their sizes, by storage class if there are several. Parts of unfinished uploads are not objects: ossup status shows those.',
  ],
  positionals: { min: 1, max: 1 },
  flags: commonFlags,
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen } = shell
    const address = parseAddress(target, 'oss://bucket or oss://bucket/prefix')
    const bucket = await bucketOf(address.bucket, flags, shell)
    const total: Sum = { objects: 0, bytes: 0 }
    const byClass = new Map<string, Sum>()
    for await (const { size, storageClass = 'Standard' } of objectsBelow(
      bucket,
      address.key,
      shell,
    )) {
      const sum = byClass.get(storageClass) ?? { objects: 0, bytes: 0 }
      byClass.set(storageClass, sum)
      for (const one of [total, sum]) {
        one.objects += 1
        one.bytes += size
      }
      if (screen.live && total.objects % shownEvery === 0) {
        screen.draw(`${formatCount(total.objects)} objects so far`)
      }
    }
    const classes = [...byClass].sort(([a], [b]) => (a < b ? -1 : 1))
    const text = [
      `${formatAddress(address)}  ${sumText(total)}`,
      ...(classes.length > 1 ? classes.map(([name, sum]) => `  ${name}  ${sumText(sum)}`) : []),
    ].join('\n')
    const storageClasses = Object.fromEntries(classes)
    screen.result(
      'result',
      { bucket: address.bucket, prefix: address.key, ...total, storageClasses },
      text,
    )
  },
})

function sumText({ objects, bytes }: Sum): string {
  return `${counted(objects, 'object')}, ${formatExactly(bytes)}`
}
