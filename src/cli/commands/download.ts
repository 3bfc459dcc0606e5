import { type DownloadResult, downloadObject } from '../../runtimes/node/index.ts'
import { formatAddress, parseObjectAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { count, toggle } from '../args/flags.ts'
import { waitingFlags } from '../args/upload-flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { writeObject } from '../connect/output-sink.ts'
import { formatBytes, formatElapsed } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import type { Screen } from '../output/screen.ts'
import { TransferView } from '../view/transfer-view.ts'

/** The speed of fewer bytes is mostly chance. */
const speedFrom = 1024 ** 2

export const download = command({
  usage: [
    'download oss://bucket/key',
    'download oss://bucket/key <file>',
    'download oss://bucket/key <folder>',
    'download oss://bucket/key - > file',
  ],
  examples: [
    ['ossup download oss://examplebucket/videos/film.mp4', 'to ./film.mp4'],
    ['ossup download oss://examplebucket/film.mp4 ~/Videos/', ''],
    ['ossup download oss://examplebucket/a.tar - | tar -x', 'to standard output'],
  ],
  details: [
    'Several ranges of the object are read at a time, and the whole is compared with its CRC-64. The file appears under its name only when it is complete: until then its bytes are beside it in .ossup-…. A run that fails leaves nothing. Without a file name, the file is named after the last part of the key. An existing file is only replaced with --overwrite.',
  ],
  positionals: { min: 1, max: 2 },
  flags: {
    overwrite: toggle('replace an existing file'),
    concurrency: count('<n>', 'ranges read at the same time; default: 4', { min: 1, max: 64 }),
    ...waitingFlags,
    ...commonFlags,
  },
  async run({ positionals: [given = '', target = '.'], flags }, shell) {
    const { screen, signal } = shell
    refuseFolder(given)
    const address = parseObjectAddress(given)
    const view = new TransferView(screen)
    const options = {
      signal,
      onProgress: progress => view.progress(progress),
      onEvent: event => view.event(event),
      ...defined({
        concurrency: flags.concurrency,
        offlineTimeoutMs: flags['offline-timeout'],
      }),
    } satisfies Parameters<typeof downloadObject>[3]
    if (target === '-') {
      if (flags.json) {
        throw new UsageError('download - does not support --json', 'Leave --json out.')
      }
      const result = await writeObject(address, flags, shell, options)
      if (result !== undefined) screen.note(resultText(result, view.ms, screen))
      return
    }
    const bucket = await bucketOf(address.bucket, flags, shell)
    const { overwrite } = flags
    try {
      const result = await downloadObject(bucket, address.key, target, { ...options, overwrite })
      screen.outcome(result, resultText(result, view.ms, screen))
    } catch (error) {
      if (signal.aborted) screen.note('Stopped. Nothing was kept.')
      throw error
    }
  },
})

/** Otherwise the message would say that no object with that key exists. */
function refuseFolder(given: string): void {
  if (!/^oss:\/\/[^/]+(?:\/|\/[\s\S]*\/)?$/.test(given)) return
  throw new UsageError(
    'download takes one object: folders cannot be downloaded yet',
    `ossup ls -r ${printableLine(given)} lists its objects. For an object whose key ends in /: ossup cat.`,
  )
}

function resultText(result: DownloadResult, ms: number, screen: Screen): string {
  const { size, crc64, verified, target } = result
  const speed = size >= speedFrom ? ` (${formatBytes((size / ms) * 1000)}/s)` : ''
  const check =
    verified === 'crc64'
      ? `${screen.paint('green', 'verified')}: CRC-64 ${crc64} at both ends`
      : `not verified: OSS has no CRC-64 of ${formatAddress(result)}; here it is ${crc64}`
  return `${printableLine(target)}  ${formatBytes(size)} in ${formatElapsed(ms)}${speed}\n${check}`
}
