import { fstatSync } from 'node:fs'
import { basename } from 'node:path'
import { resumableUpload, SourceError } from '../../runtimes/node/index.ts'
import { parseAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { uploadFlags, uploadOptions } from '../args/upload-flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { UploadView } from '../view/upload-view.ts'
import { checkPrefix, isMany, manyFlags, uploadMany } from './upload-many.ts'

export const upload = command({
  usage: [
    'upload <file> oss://bucket/key',
    'upload <file> oss://bucket/prefix/',
    'upload <folder | file>... oss://bucket/prefix/',
    'upload - oss://bucket/key',
  ],
  summary: 'upload a file, many, or a folder; run again, it continues',
  details: [
    'Whatever stops it (Ctrl-C, a crash, the network, a sleeping laptop): the same command finishes',
    'the upload, and no part that OSS has confirmed is sent again. A key that ends in / gets the',
    "file's name appended. A file - is standard input: offered again, what was confirmed is checked",
    'as it passes and not sent again. Sizes are bytes or carry a unit: 10485760, 100KiB, 10MiB, 1GiB.',
    '',
    'Of a folder the contents go below the prefix: photos/a.jpg becomes prefix/a.jpg, with photos as',
    'with photos/. What is there already with the same size and CRC-64 is not sent. Globs are matched',
    'against the path below the folder: *.jpg at any depth, logs/** from the top; --exclude beats',
    '--include. Links are skipped unless followed; pipes, sockets and devices always. The rest is in',
    'docs/guide/many-files.md.',
  ].join('\n'),
  positionals: { min: 2, max: Number.POSITIVE_INFINITY },
  flags: {
    ...uploadFlags,
    ...manyFlags,
    ...commonFlags,
  },
  async run({ positionals, flags }, shell) {
    const { screen, signal } = shell
    refuseOtherOrders(positionals)
    if (flags.force && !flags.adopt) {
      throw new UsageError('--force means nothing without --adopt', 'Write --adopt --force.')
    }
    const sources = positionals.slice(0, -1)
    const [file = ''] = sources
    const target = positionals.at(-1) ?? ''
    const { bucket: name, key: given } = parseAddress(target)
    const isStream = file === '-'
    const isFolder = given === '' || given.endsWith('/')
    const options = uploadOptions(flags)
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
    if (isStream) refuseDirectory()
    const view = new UploadView(screen, { source, bucket: name, key })
    try {
      const result = await resumableUpload(bucket, key, isStream ? shell.stdin : file, {
        signal,
        onProgress: snapshot => view.progress(snapshot),
        onEvent: event => view.event(event),
        ...options,
        ...defined({ expectedSize: flags['expect-size'], spoolDir: flags.spool }),
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
  if (isAddress(first) && !isAddress(others.at(-1))) {
    throw new UsageError(
      'upload takes the file first, then the address',
      `Write ossup upload ${others.join(' ')} ${first}.`,
    )
  }
}

/** `< folder` gives a stream without a byte, which would be stored as an empty object. */
function refuseDirectory(): void {
  if (!isDirectory(0)) return
  throw new SourceError('SOURCE_NOT_A_FILE', 'Standard input is a directory', {
    hint: 'Pipe a program into it, or give the path of a file',
  })
}

function isDirectory(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isDirectory()
  } catch {
    return false
  }
}
