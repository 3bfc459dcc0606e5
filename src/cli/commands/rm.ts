import { formatAddress, parseObjectAddress } from '../address.ts'
import { command } from '../command.ts'
import { bucketOf, commonFlags } from '../connection.ts'

export const rm = command({
  usage: ['rm oss://bucket/key'],
  summary: 'delete an object',
  details: 'One object, by its exact key. As with OSS itself, deleting what is not there succeeds.',
  positionals: { min: 1, max: 1 },
  flags: commonFlags,
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen, signal } = shell
    const address = parseObjectAddress(target)
    const bucket = await bucketOf(address.bucket, flags, shell)
    await bucket.deleteObject({ key: address.key }, { signal })
    screen.outcome(address, `${formatAddress(address)} is deleted`)
  },
})
