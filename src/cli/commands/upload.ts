import { fstatSync } from 'node:fs'
import { basename } from 'node:path'
import { resumableUpload, SourceError } from '../../runtimes/node/index.ts'
import { parseAddress } from '../address.ts'
import { command } from '../command.ts'
import { bucketOf, commonFlags } from '../connection.ts'
import { defined } from '../defined.ts'
import { count, oneOf, orAuto, pairs, size, text, toggle } from '../flags.ts'
import { UsageError } from '../usage-error.ts'
import { UploadView } from '../view/upload-view.ts'

export const upload = command({
  usage: [
    'upload <file> oss://bucket/key',
    'upload <file> oss://bucket/prefix/',
    'upload - oss://bucket/key',
  ],
  summary: 'upload a file; run again, it continues',
  details: [
    'Whatever stops it (Ctrl-C, a crash, the network, a sleeping laptop): the same command finishes',
    'the upload, and no part that OSS has confirmed is sent again. A key that ends in / gets the',
    "file's name appended. A file - is standard input: offered again, what was confirmed is checked",
    'as it passes and not sent again. Sizes are bytes or carry a unit: 10485760, 100KiB, 10MiB, 1GiB.',
  ].join('\n'),
  // A shell makes many of *.jpg: they are told from other mistakes below.
  positionals: { min: 2, max: Number.POSITIVE_INFINITY },
  flags: {
    'checkpoint-dir': text('<dir>', 'where progress is kept; default: ~/.ossup/checkpoints'),
    'part-size': orAuto(size('<auto|size>', 'bytes of a part, 100KiB to 5GiB')),
    concurrency: orAuto(count('<auto|n>', 'parts sent at the same time', { min: 1, max: 256 })),
    threshold: size('<size>', 'smaller files go as one PutObject; default: 10MiB'),
    'expect-size': size(
      '<size>',
      'fail if standard input ends elsewhere: a producer may have died',
    ),
    wait: toggle('wait for another process that does this upload'),
    adopt: toggle('look in the bucket for an upload whose checkpoint is gone'),
    force: toggle('with --adopt: also one that may still be running elsewhere'),
    verify: toggle('read confirmed parts again before they are kept and before the end'),
    'forbid-overwrite': toggle('refuse to replace an object that exists'),
    'content-type': text('<type>', 'default: what the extension stands for'),
    meta: pairs('<k=v>', 'user metadata'),
    tag: pairs('<k=v>', 'object tag'),
    'storage-class': oneOf(
      ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'],
      'storage class',
    ),
    acl: oneOf(['default', 'private', 'public-read', 'public-read-write'], 'who may read it'),
    encryption: oneOf(['AES256', 'KMS', 'SM4'], 'server-side encryption'),
    callback: text('<json>', 'the callback that OSS makes once the object is stored'),
    header: pairs('<k=v>', 'further header, as cache-control=no-cache'),
    limit: size('<size>', 'most bytes sent a second'),
    ...commonFlags,
  },
  async run({ positionals, flags }, shell) {
    const { stdin, screen, signal } = shell
    refuseOtherOrders(positionals)
    if (flags.force && !flags.adopt) {
      throw new UsageError('--force means nothing without --adopt', 'Write --adopt --force.')
    }
    const [file = '', target = ''] = positionals
    const { bucket: name, key: given } = parseAddress(target)
    const isStream = file === '-'
    const isFolder = given === '' || given.endsWith('/')
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
      const result = await resumableUpload(bucket, key, isStream ? stdin : file, {
        signal,
        onProgress: snapshot => view.progress(snapshot),
        onEvent: event => view.event(event),
        ...defined({
          checkpointDir: flags['checkpoint-dir'],
          partSize: flags['part-size'],
          concurrency: flags.concurrency,
          multipartThreshold: flags.threshold,
          expectedSize: flags['expect-size'],
          adopt: flags.adopt && flags.force ? ('force' as const) : flags.adopt,
          wait: flags.wait,
          verify: flags.verify ? ('always' as const) : undefined,
          forbidOverwrite: flags['forbid-overwrite'],
          contentType: flags['content-type'],
          metadata: flags.meta,
          tags: flags.tag,
          storageClass: flags['storage-class'],
          acl: flags.acl,
          encryption: flags.encryption,
          callback: flags.callback,
          headers: flags.header,
          bandwidth: flags.limit,
        }),
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
  if (positionals.length > 2) {
    throw new UsageError(
      'upload takes one file at a time, then its address',
      'For many: for file in *.jpg; do ossup upload "$file" oss://bucket/prefix/; done',
    )
  }
  const [file, target] = positionals
  if (isAddress(file) && !isAddress(target)) {
    throw new UsageError(
      'upload takes the file first, then the address',
      `Write ossup upload ${target} ${file}.`,
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
