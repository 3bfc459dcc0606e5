import { fstatSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { resumableUpload, SourceError } from '../../runtimes/node/index.ts'
import { formatAddress, parseAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { uploadFlags, uploadOptions } from '../args/upload-flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { formatBytes } from '../output/figures.ts'
import { UploadView } from '../view/upload-view.ts'
import { alreadyStored } from './already-stored.ts'
import { checkPrefix, isMany, manyFlags, uploadMany } from './upload-many.ts'

export const upload = command({
  usage: [
    'upload <file> oss://bucket/key',
    'upload <file> oss://bucket/prefix/',
    'upload <folder | file>... oss://bucket/prefix/',
    'upload - oss://bucket/key',
    'upload --files-from <file> oss://bucket/prefix/',
  ],
  examples: [
    ['ossup upload film.mp4 oss://examplebucket/videos/', 'as videos/film.mp4'],
    ['ossup upload photos oss://examplebucket/backup/', 'what is in the folder'],
    ['ossup upload *.jpg docs oss://examplebucket/inbox/', ''],
    ['pg_dump db | ossup upload - oss://examplebucket/db.sql', ''],
    ['find . -type f -print0 | ossup upload --files-from - oss://bucket/', ''],
  ],
  details: [
    'After any interruption (Ctrl-C, a crash, a lost network, sleep), run the same command again: it finishes the upload and sends no confirmed part again. An object that already has the size and CRC-64 of the file is not sent again.',
    'If the key ends in /, the name of the file is appended. The file - is standard input: send the same stream again, and confirmed parts are checked as they pass and not sent again.',
    "A folder's contents go below the prefix: photos/a.jpg becomes prefix/a.jpg. Globs match the path below the folder: *.jpg at any depth, logs/** from the top. --exclude beats --include. Links are skipped unless followed; pipes, sockets and devices are always skipped. docs/guide/many-files.md has the rest.",
    'Sizes are bytes or have a unit: 10485760, 100KiB, 10MiB, 1GiB.',
  ],
  positionals: { min: 2, max: Number.POSITIVE_INFINITY, fewerWith: 'files-from' },
  flags: {
    ...uploadFlags,
    ...manyFlags,
    ...commonFlags,
  },
  async run({ positionals, flags }, shell) {
    const { screen, signal } = shell
    refuseOtherOrders(positionals)
    if (flags.force && !flags.adopt) {
      throw new UsageError(
        '--force means nothing without --adopt',
        'Write --adopt --force. An existing object is replaced without it.',
      )
    }
    const sources = positionals.length === 1 ? ['.'] : positionals.slice(0, -1)
    const [file = ''] = sources
    const target = positionals.at(-1) ?? ''
    const { bucket: name, key: given } = parseAddress(target)
    const isStream = file === '-'
    const isFolder = given === '' || given.endsWith('/')
    const options = uploadOptions(flags, shell.env)
    if (isMany(sources, flags)) {
      checkPrefix(given, sources, target)
      const bucket = await bucketOf(name, flags, shell)
      return uploadMany({ sources, bucket, prefix: given, flags, options }, shell)
    }
    if (isFolder && isStream) {
      throw new UsageError(
        `standard input has no name to append to '${target}'`,
        'Write the whole key.',
      )
    }
    const key = isFolder ? given + basename(file) : given
    const bucket = await bucketOf(name, flags, shell)
    const source = isStream ? 'standard input' : file
    if (isStream) refuseEmptyInput(flags['expected-size'])
    else if (!flags.resend) {
      const stored = await alreadyStored({ bucket, key, file, options }, shell)
      if (stored !== undefined) {
        const { size, ...object } = stored.object
        const text = `${formatAddress({ bucket: name, key })}  ${formatBytes(size)}, already stored: not sent again`
        const check = `${screen.paint('green', 'verified')}: CRC-64 ${object.crc64} at both ends`
        screen.outcome({ bucket: name, key, size, ...object, unchanged: true }, `${text}\n${check}`)
        return
      }
    }
    const view = new UploadView(screen, { source, bucket: name, key })
    try {
      const result = await resumableUpload(bucket, key, isStream ? shell.stdin : file, {
        signal,
        onProgress: snapshot => view.progress(snapshot),
        onEvent: event => view.event(event),
        ...options,
        ...defined({ expectedSize: flags['expected-size'], spoolDir: flags['spool-dir'] }),
      })
      view.done(result)
    } catch (error) {
      if (signal.aborted && error === signal.reason) view.stopped()
      throw error
    }
  },
})

function refuseOtherOrders(positionals: readonly string[]): void {
  const isAddress = (word = '') => word.startsWith('oss://')
  const [first = '', ...others] = positionals
  if (isAddress(first) && others.length > 0 && !isAddress(others.at(-1))) {
    throw new UsageError(
      'upload takes the file first, then the address',
      `Write ossup upload ${others.join(' ')} ${first}.`,
    )
  }
}

/**
 * Refuses an empty standard input. `< folder`, `< /dev/null` and a closed standard input (`<&-`, for which
 * Node.js opens /dev/null) give no bytes. An empty object is seldom wanted, and it could replace the latest
 * backup.
 */
function refuseEmptyInput(expectedSize: number | undefined): void {
  const what = emptyInput()
  if (what === undefined || expectedSize === 0) return
  throw new SourceError('SOURCE_NOT_A_FILE', `Standard input is ${what}`, {
    hint: 'Pipe a program into it, or give the path of a file; an empty object needs --expected-size 0',
  })
}

function emptyInput(): string | undefined {
  try {
    const input = fstatSync(0)
    if (input.isDirectory()) return 'a directory'
    const isNull = input.isCharacterDevice() && input.rdev === statSync('/dev/null').rdev
    return isNull ? 'closed or /dev/null, and has no bytes' : undefined
  } catch {
    return undefined
  }
}
