// The flags of an upload, and the options of the library that they stand for.

import { checkpointFlags, checkpointPlace } from './checkpoint-flags.ts'
import { defined } from './defined.ts'
import {
  count,
  duration,
  type FlagValues,
  oneOf,
  orAuto,
  pairs,
  size,
  text,
  toggle,
} from './flags.ts'

/** What OSS takes as a part that is not the last. */
export const partSizes = { min: 100 * 1024, max: 5 * 1024 ** 3, words: '100 KiB to 5 GiB' }
export const limits = { min: 1024, max: Number.MAX_SAFE_INTEGER, words: '1 KiB or more' }

/** Of all commands that say how far they are. */
export const patienceFlags = {
  'offline-timeout': duration(
    '<15m|0s>',
    'how long a missing connection is waited for; default: 15m',
    { min: 0, max: 7 * 86_400_000, words: '0s to 7d' },
  ),
}

export const uploadFlags = {
  ...checkpointFlags,
  'part-size': orAuto(
    size(
      '<auto|size>',
      'bytes of a part, 100KiB to 5GiB; default: auto, as the line allows',
      partSizes,
    ),
  ),
  concurrency: orAuto(
    count('<auto|n>', 'parts sent at the same time, 1 to 256; default: auto, while more helps', {
      min: 1,
      max: 256,
    }),
  ),
  threshold: size('<size>', 'smaller files go as one PutObject; default: 10MiB', {
    min: 0,
    max: 5 * 1024 ** 3,
    words: '0 to 5 GiB',
  }),
  'expect-size': size('<size>', 'fail if standard input ends elsewhere: a producer may have died'),
  spool: text('<dir>', 'keep a stream in a file there first: then ossup resume can finish it'),
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
    'how it is stored; default: as the bucket says',
  ),
  acl: oneOf(
    ['default', 'private', 'public-read', 'public-read-write'],
    'who may read or write it; default: as the bucket says',
  ),
  encryption: oneOf(
    ['AES256', 'KMS', 'SM4'],
    'server-side encryption; default: as the bucket says',
  ),
  callback: text('<json>', 'the callback that OSS makes once the object is stored'),
  header: pairs('<k=v>', 'further header, as cache-control=no-cache'),
  limit: size('<size>', 'most bytes sent a second; default: no limit', limits),
  ...patienceFlags,
}

/** The options of an upload that hold for one file as for many. */
export function uploadOptions(flags: FlagValues<typeof uploadFlags>) {
  return defined({
    ...checkpointPlace(flags),
    partSize: flags['part-size'],
    concurrency: flags.concurrency,
    multipartThreshold: flags.threshold,
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
    offlineTimeoutMs: flags['offline-timeout'],
  })
}
