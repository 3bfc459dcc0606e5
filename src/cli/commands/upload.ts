import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { resumableUpload } from '../../runtimes/node/index.ts'
import { parseAddress } from '../address.ts'
import { command } from '../command.ts'
import { bucketOf, commonFlags } from '../connection.ts'
import { defined } from '../defined.ts'
import { count, oneOf, orAuto, pairs, size, text, toggle } from '../flags.ts'
import { UsageError } from '../usage-error.ts'
import { UploadView } from '../view/upload-view.ts'

export const upload = command({
  usage: ['upload <file> oss://bucket/key', 'upload <file> oss://bucket/prefix/'],
  summary: 'upload a file; run again, it continues',
  details: [
    'Whatever stops it (Ctrl-C, a crash, the network, a sleeping laptop): the same command finishes',
    'the upload, and no part that OSS has confirmed is sent again. A key that ends in / gets the',
    "file's name appended. Sizes are bytes or carry a unit: 10485760, 100KiB, 10MiB, 1GiB.",
  ].join('\n'),
  positionals: { min: 2, max: 2 },
  flags: {
    'checkpoint-dir': text('<dir>', 'where progress is kept; default: ~/.ossup/checkpoints'),
    'part-size': orAuto(size('<auto|size>', 'bytes of a part, 100KiB to 5GiB')),
    concurrency: orAuto(count('<auto|n>', 'parts sent at the same time', { min: 1, max: 256 })),
    threshold: size('<size>', 'smaller files go as one PutObject; default: 10MiB'),
    wait: toggle('wait for another process that does this upload'),
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
  async run({ positionals: [file = '', target = ''], flags }, { env, screen, signal }) {
    if (file === '-') {
      throw new UsageError(
        'uploading from standard input is not there yet',
        'Write it to a file first. A file named - is ./-',
      )
    }
    const { bucket: name, key: given } = parseAddress(target)
    const key = given === '' || given.endsWith('/') ? given + basename(file) : given
    const bucket = bucketOf(name, flags, env)
    const view = new UploadView(screen)
    view.begin(file, await sizeOf(file), { bucket: name, key })
    try {
      const result = await resumableUpload(bucket, key, file, {
        signal,
        onProgress: snapshot => view.progress(snapshot),
        onEvent: event => view.event(event),
        ...defined({
          checkpointDir: flags['checkpoint-dir'],
          partSize: flags['part-size'],
          concurrency: flags.concurrency,
          multipartThreshold: flags.threshold,
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

/** For the view only; the upload looks for itself and says what is wrong. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch {
    return undefined
  }
}
