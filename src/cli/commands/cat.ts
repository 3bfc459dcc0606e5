import { crc64, IntegrityError } from '../../runtimes/node/index.ts'
import { formatAddress, parseObjectAddress } from '../address.ts'
import { command } from '../command.ts'
import { bucketOf, commonFlags } from '../connection.ts'
import type { Output } from '../screen.ts'
import { UsageError } from '../usage-error.ts'

export const cat = command({
  usage: ['cat oss://bucket/key > file'],
  summary: "write an object's bytes to standard output",
  details: [
    'The bytes are checked against the CRC-64 of the object as they pass: exit code 6 if they differ.',
    'A terminal is shown text and JSON alone, by their Content-Type.',
  ].join('\n'),
  positionals: { min: 1, max: 1 },
  flags: commonFlags,
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen, signal } = shell
    if (flags.json) {
      throw new UsageError('cat writes bytes and knows no --json', 'Leave --json out.')
    }
    const address = parseObjectAddress(target)
    const bucket = await bucketOf(address.bucket, flags, shell)
    const object = await bucket.getObject({ key: address.key }, { signal })
    const { body, size, crc64: expected } = object
    if (screen.stdout.isTTY && !isText(object.contentType)) {
      await body[Symbol.asyncIterator]().return?.()
      throw new UsageError(
        `${formatAddress(address)} may hold bytes that a terminal takes for commands`,
        `Redirect it: ossup cat ${formatAddress(address)} > file`,
      )
    }
    let received = 0
    let checksum = 0n
    for await (const chunk of body) {
      received += chunk.length
      checksum = crc64(chunk, checksum)
      if (!(await written(screen.stdout, chunk))) return
    }
    if (received !== size || (expected !== undefined && checksum !== expected)) {
      throw new IntegrityError(
        'CHECKSUM_MISMATCH',
        `${formatAddress(address)} did not arrive whole`,
        {
          hint: 'Do not use what was written; run it again',
          retryable: true,
        },
      )
    }
  },
})

/** What may be shown on a terminal, by its Content-Type. */
export function isText(contentType = ''): boolean {
  return /^(?:text\/|application\/(?:[\w.+-]+\+)?json\b)/i.test(contentType)
}

/** False if it was for nothing: nobody reads any longer, as after `ossup cat … | head`, or there is no room. */
function written(output: Output, chunk: Uint8Array): Promise<boolean> {
  return new Promise(resolve => {
    output.write(chunk, error => resolve(!error))
  })
}
