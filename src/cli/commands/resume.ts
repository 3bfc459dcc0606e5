import {
  type CheckpointInfo,
  CredentialsError,
  isOssupError,
  listCheckpoints,
  type OssupError,
  resumeCheckpoint,
  SourceError,
} from '../../runtimes/node/index.ts'
import { formatAddress } from '../args/address.ts'
import { callbackOf } from '../args/callback.ts'
import { checkpointFlags, checkpointPlace } from '../args/checkpoint-flags.ts'
import { command } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { count, oneOf, orAuto, size, text, toggle } from '../args/flags.ts'
import { pickCheckpoint, shortId } from '../args/pick-checkpoint.ts'
import { limits, partSizes, waitingFlags } from '../args/upload-flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { bucketOfCheckpoint, commonFlags } from '../connect/connection.ts'
import { reportOne } from '../errors/failure.ts'
import { SomeFailed } from '../errors/some-failed.ts'
import { offerAgainText, sourceText } from '../view/checkpoint-text.ts'
import { counted } from '../view/progress-line.ts'
import { UploadView } from '../view/upload-view.ts'

export const resume = command({
  usage: ['resume <id>', 'resume --all'],
  examples: [
    ['ossup status', 'shows the ids'],
    ['ossup resume 3f2a91', 'finish this upload'],
    ['ossup resume --all', 'finish all of them, one after the other'],
  ],
  details: [
    'The checkpoint holds file, bucket, key, endpoint and the headers of the future object. Flags for the connection choose another way to the same bucket. A unique prefix of the id is enough.',
    'With --all, a failed upload does not stop the others. Standard input cannot be opened again: --all skips it, and ossup upload - continues it.',
  ],
  positionals: { min: 0, max: 1 },
  flags: {
    all: toggle('all unfinished uploads'),
    ...checkpointFlags,
    'part-size': orAuto(
      size('<auto|size>', 'size of parts that are not sent yet; default: auto', partSizes),
    ),
    concurrency: orAuto(
      count('<auto|n>', 'parts sent at the same time, 1 to 256; default: auto', {
        min: 1,
        max: 256,
      }),
    ),
    verify: toggle('read confirmed parts again before they are kept and before the end'),
    acl: oneOf(
      ['default', 'private', 'public-read', 'public-read-write'],
      'who may read or write it; default: as when it was started',
    ),
    callback: text(
      '<json|@file>',
      'its callback, which checkpoints do not hold; or OSSUP_CALLBACK',
    ),
    bandwidth: size('<size>', 'maximum bytes sent per second', limits),
    wait: toggle('wait for another process that runs this upload'),
    ...waitingFlags,
    ...commonFlags,
  },
  async run({ positionals: [id], flags }, shell) {
    const { screen, signal } = shell
    if ((id === undefined) !== flags.all) {
      throw new UsageError(
        id === undefined ? 'resume: which one?' : 'resume: an id and --all contradict each other',
        'Write ossup resume <id>, or ossup resume --all. ossup status shows the ids.',
      )
    }
    const place = checkpointPlace(flags)

    /** Returns true if the upload was finished, false if only leftovers were removed. */
    async function finish(info: CheckpointInfo): Promise<boolean> {
      const view = new UploadView(screen, info, undefined, flags.all)
      try {
        const bucket = await bucketOfCheckpoint(info, flags, shell)
        const result = await resumeCheckpoint(bucket, info.id, {
          signal,
          onProgress: snapshot => view.progress(snapshot),
          onEvent: event => view.event(event),
          ...place,
          ...defined({
            partSize: flags['part-size'],
            concurrency: flags.concurrency,
            verify: flags.verify ? ('always' as const) : undefined,
            acl: flags.acl,
            callback: callbackOf(flags.callback, shell.env),
            bandwidth: flags.bandwidth,
            wait: flags.wait,
            offlineTimeoutMs: flags['offline-timeout'],
          }),
        })
        if (result !== undefined) view.done(result, info.id)
        else
          screen.report('tidied', named(info), `${formatAddress(info)} was done or given up before`)
        return result !== undefined
      } catch (error) {
        if (signal.aborted && error === signal.reason) view.stopped()
        throw isOssupError(error) && error.code === 'SOURCE_MISSING' ? gone(info, error) : error
      }
    }

    const list = await listCheckpoints(place)
    const counts = { uploaded: 0, tidied: 0, skipped: 0, failed: 0 }
    for (const info of id === undefined ? list.checkpoints : [pickCheckpoint(list, id)]) {
      if (id === undefined && info.sourceKind !== 'file' && info.state !== 'cleanup') {
        const text = `left ${formatAddress(info)} from ${sourceText(info)}: ${offerAgainText(info)}`
        screen.report('skipped', { ...named(info), sourceKind: info.sourceKind }, text)
        counts.skipped += 1
        continue
      }
      try {
        counts[(await finish(info)) ? 'uploaded' : 'tidied'] += 1
      } catch (error) {
        // After a stop or without credentials, no other upload can succeed.
        if (id !== undefined || signal.aborted || error instanceof CredentialsError) throw error
        reportOne(error, { text: formatAddress(info), fields: named(info) }, screen)
        counts.failed += 1
      }
    }
    if (id === undefined) {
      for (const { id, error } of list.unreadable) {
        reportOne(error, { text: `checkpoint ${shortId({ id })}`, fields: { id } }, screen)
        counts.failed += 1
      }
    }
    const { uploaded, tidied, skipped, failed } = counts
    if (failed > 0) {
      const all = counted(uploaded + tidied + failed, 'unfinished upload')
      throw new SomeFailed(`${failed} of ${all} could not be finished`, counts)
    }
    if (uploaded + tidied + skipped === 0) screen.note('No unfinished uploads.')
    screen.outcome(counts)
  },
})

/** The path comes from the checkpoint, so the usual hint to check the path would not help. */
function gone(info: CheckpointInfo, cause: OssupError): SourceError {
  return new SourceError(cause.code, `There is no file ${info.source} any more`, {
    hint: `Put it back, or give the upload up: ossup clean ${shortId(info)}`,
    cause,
  })
}

function named({ id, bucket, key }: CheckpointInfo) {
  return { id, bucket, key }
}
