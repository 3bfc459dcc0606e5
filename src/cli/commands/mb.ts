import { parseAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { retrying } from '../connect/retrying.ts'

export const mb = command({
  usage: ['mb oss://bucket'],
  examples: [
    ['ossup mb oss://examplebucket', 'in the region of OSS_REGION'],
    ['ossup mb oss://examplebucket --region cn-shanghai', ''],
  ],
  positionals: { min: 1, max: 1 },
  flags: commonFlags,
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen } = shell
    const { bucket: name, key } = parseAddress(target, 'oss://bucket')
    if (key !== '') throw new UsageError(`'${target}' is an object`, `Write oss://${name}.`)
    const bucket = await bucketOf(name, flags, shell)
    await retrying(bucket, shell)('PutBucket', call => bucket.putBucket({}, call))
    screen.outcome({ bucket: name }, `oss://${name} exists`)
  },
})
