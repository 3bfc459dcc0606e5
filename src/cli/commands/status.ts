import { type Bucket, type CheckpointInfo, listCheckpoints } from '../../runtimes/node/index.ts'
import { type Address, formatAddress, parseAddress } from '../address.ts'
import { command, type Shell } from '../command.ts'
import { bucketOf, commonFlags } from '../connection.ts'
import { defined } from '../defined.ts'
import { formatBytes, formatMoment, formatShare, percentOf } from '../figures.ts'
import { text } from '../flags.ts'
import { printable } from '../printable.ts'

export const status = command({
  usage: ['status', 'status oss://bucket/prefix'],
  summary: 'show unfinished uploads',
  details: [
    'Without an address: the uploads that checkpoints on this machine know of. With one: also what the',
    'bucket knows of, wherever it was begun.',
  ].join('\n'),
  positionals: { min: 0, max: 1 },
  flags: {
    'checkpoint-dir': text('<dir>', 'where progress is kept; default: ~/.ossup/checkpoints'),
    ...commonFlags,
  },
  async run({ positionals: [target], flags }, shell) {
    const { screen, env } = shell
    const address = target === undefined ? undefined : parseAddress(target)
    const checkpoints = await listCheckpoints(defined({ checkpointDir: flags['checkpoint-dir'] }))
    const ours = checkpoints.filter(
      ({ bucket, key }) =>
        address === undefined || (bucket === address.bucket && key.startsWith(address.key)),
    )
    for (const info of ours) screen.result('checkpoint', info, checkpointLine(info))
    const elsewhere =
      address === undefined
        ? 0
        : await showUploads(bucketOf(address.bucket, flags, env), address, ours, shell)
    if (ours.length + elsewhere === 0) screen.note('No unfinished uploads.')
    screen.outcome({ checkpoints: ours.length, uploads: elsewhere })
  },
})

/** The uploads in the bucket that no checkpoint here knows of. */
async function showUploads(
  bucket: Bucket,
  { bucket: name, key: prefix }: Address,
  checkpoints: readonly CheckpointInfo[],
  { screen, signal }: Shell,
): Promise<number> {
  const known = new Set(checkpoints.map(({ uploadId }) => uploadId))
  let count = 0
  let markers: { keyMarker?: string; uploadIdMarker?: string } | undefined = {}
  while (markers !== undefined) {
    const page = await bucket.listMultipartUploads({ prefix, ...markers }, { signal })
    for (const upload of page.uploads) {
      if (known.has(upload.uploadId)) continue
      const where = formatAddress({ bucket: name, key: upload.key })
      screen.result(
        'upload',
        { bucket: name, ...upload },
        `${where}\n  begun elsewhere ${formatMoment(upload.initiatedAt)}, upload id ${upload.uploadId}`,
      )
      count += 1
    }
    markers = page.isTruncated
      ? defined({ keyMarker: page.nextKeyMarker, uploadIdMarker: page.nextUploadIdMarker })
      : undefined
  }
  return count
}

function checkpointLine(info: CheckpointInfo): string {
  const { size, confirmedBytes, begunAt, source } = info
  const share =
    size === undefined
      ? formatBytes(confirmedBytes)
      : `${percentOf(confirmedBytes, size)} %, ${formatShare(confirmedBytes, size)},`
  return [
    formatAddress(info),
    `  from ${printable(source)}`,
    `  ${share} ${states[info.state]}; begun ${formatMoment(begunAt)}`,
  ].join('\n')
}

const states: Readonly<Record<CheckpointInfo['state'], string>> = {
  begun: 'safe: run the same upload again to continue',
  sending: 'safe: run the same upload again to continue',
  completing: 'sent, and being put together by OSS: run the same upload again to see',
  owing: 'done or given up, with something left at OSS: run the same upload again to tidy up',
}
