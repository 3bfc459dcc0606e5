// The flags of an upload, and how they become options of the library.

import { callbackOf } from './callback.ts'
import { checkpointFlags, checkpointPlace } from './checkpoint-flags.ts'
import { defined } from './defined.ts'
import {
  count,
  duration,
  type FlagValues,
  grouped,
  oneOf,
  orAuto,
  pairs,
  path,
  size,
  text,
  toggle,
} from './flags.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The sizes that OSS allows for every part except the last one. */
export const partSizes = { min: 100 * 1024, max: 5 * 1024 ** 3, words: '100 KiB to 5 GiB' }
export const limits = { min: 1024, max: Number.MAX_SAFE_INTEGER, words: '1 KiB or more' }

/** Flags of all commands that wait for a lost connection. */
export const waitingFlags = {
  'offline-timeout': duration('<15m|0s>', 'how long to wait for a lost connection; default: 15m', {
    min: 0,
    max: 7 * 86_400_000,
    words: '0s to 7d',
  }),
}

/** Header names that differ only in case are the same. Metadata names become header names. */
export const foldCase = (name: string) => name.toLowerCase()

export const uploadFlags = {
  ...grouped('Object', {
    'content-type': text('<type>', 'default: by the extension of the name'),
    metadata: pairs('<k=v>', 'user metadata', foldCase),
    tags: pairs('<k=v>', 'object tag'),
    headers: pairs('<k=v>', 'another header, such as cache-control=no-cache', foldCase),
    'storage-class': oneOf(
      ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'],
      'default: that of the bucket',
    ),
    acl: oneOf(
      ['default', 'private', 'public-read', 'public-read-write'],
      'who may read or write it; default: as the bucket says',
    ),
    encryption: oneOf(['AES256', 'KMS', 'SM4'], 'on the server; default: as the bucket says'),
    callback: text(
      '<json|@file>',
      'request that OSS makes when the object is stored; also from the variable OSSUP_CALLBACK',
    ),
    'forbid-overwrite': toggle('refuse to replace an existing object'),
  }),
  ...grouped('Transfer', {
    bandwidth: size('<size>', 'maximum bytes sent per second; default: no limit', limits),
    concurrency: orAuto(
      count('<auto|n>', 'parts sent at the same time, 1 to 256; default: auto', {
        min: 1,
        max: 256,
      }),
    ),
    'part-size': orAuto(
      size('<auto|size>', 'size of a part, 100KiB to 5GiB; default: auto', partSizes),
    ),
    'multipart-threshold': size('<size>', 'smaller files are sent in one request; default: 10MiB', {
      min: 0,
      max: 5 * 1024 ** 3,
      words: '0 to 5 GiB',
    }),
    resend: toggle('send files whose objects already have the same size and CRC-64, too'),
    verify: toggle('read confirmed parts again before they are kept and before the end'),
    'expected-size': size('<size>', 'fail if standard input has another size'),
    ...waitingFlags,
  }),
  ...grouped('Interrupted uploads', {
    ...checkpointFlags,
    wait: toggle('wait for another process that runs this upload'),
    'spool-dir': path('<dir>', 'keep standard input in a file there, so that it can be resumed'),
    adopt: toggle('look in the bucket for an upload whose checkpoint is lost'),
    force: toggle('with --adopt: even if the upload may still run elsewhere', 'f'),
  }),
}

/** The options for uploads of one file and of many files. */
export function uploadOptions(flags: FlagValues<typeof uploadFlags>, env: Env) {
  return defined({
    ...checkpointPlace(flags),
    partSize: flags['part-size'],
    concurrency: flags.concurrency,
    multipartThreshold: flags['multipart-threshold'],
    adopt: flags.adopt && flags.force ? ('force' as const) : flags.adopt,
    wait: flags.wait,
    verify: flags.verify ? ('always' as const) : undefined,
    forbidOverwrite: flags['forbid-overwrite'],
    contentType: flags['content-type'],
    metadata: flags.metadata,
    tags: flags.tags,
    storageClass: flags['storage-class'],
    acl: flags.acl,
    encryption: flags.encryption,
    callback: callbackOf(flags.callback, env),
    headers: flags.headers,
    bandwidth: flags.bandwidth,
    offlineTimeoutMs: flags['offline-timeout'],
  })
}
