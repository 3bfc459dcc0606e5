import {
  type Contents,
  IntegrityError,
  StateError,
  type Verification,
  verifyObject,
} from '../../runtimes/node/index.ts'
import { formatAddress, parseObjectAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { toggle } from '../args/flags.ts'
import { waitingFlags } from '../args/upload-flags.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { formatBytes, formatExactly } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import { TransferView } from '../view/transfer-view.ts'

export const verify = command({
  usage: ['verify <file> oss://bucket/key', 'verify - oss://bucket/key'],
  examples: [
    ['ossup verify film.mp4 oss://examplebucket/videos/film.mp4', ''],
    ['ossup verify --download old.bin oss://examplebucket/old.bin', 'read the object as well'],
  ],
  details: [
    'Compares size and CRC-64: exit code 0 if they are equal, 6 if they differ. The file - is standard input. OSS has no CRC-64 for objects that are older than the feature, and for some copies: --download reads the object instead.',
  ],
  positionals: { min: 2, max: 2 },
  flags: {
    download: toggle("read the object's bytes as well, instead of trusting its CRC-64"),
    ...waitingFlags,
    ...commonFlags,
  },
  async run({ positionals: [file = '', target = ''], flags }, shell) {
    const { screen, signal, stdin } = shell
    const address = parseObjectAddress(target)
    const bucket = await bucketOf(address.bucket, flags, shell)
    const view = new TransferView(screen)
    const found = await verifyObject(bucket, address.key, file === '-' ? stdin : file, {
      signal,
      download: flags.download,
      onProgress: progress => view.progress(progress),
      onEvent: event => view.event(event),
      ...defined({ offlineTimeoutMs: flags['offline-timeout'] }),
    })
    const source = file === '-' ? 'standard input' : file
    screen.report('comparison', { source, ...found })
    const names = `${printableLine(source)} and ${formatAddress(address)}`
    if (found.outcome === 'equal') {
      screen.outcome({ source, ...found }, `equal: ${names}\n${contentsText(found.object)}`)
      return
    }
    throw found.outcome === 'differs' ? differs(names, found) : unknown(names, found)
  },
})

function differs(names: string, { local, object }: Verification): IntegrityError {
  return new IntegrityError(
    'CONTENT_DIFFERS',
    `${names} differ: here ${contentsText(local)}; at OSS ${contentsText(object)}`,
  )
}

function unknown(names: string, { object }: Verification): StateError {
  return new StateError(
    'NO_CHECKSUM',
    `Whether ${names} are equal cannot be known: both have ${formatBytes(object.size)}, and OSS has no CRC-64 of the object`,
    { hint: 'Run it again with --download, which reads the object' },
  )
}

function contentsText({ size, crc64 }: Contents): string {
  const bytes = formatExactly(size)
  return crc64 === undefined ? bytes : `${bytes}, CRC-64 ${crc64}`
}
