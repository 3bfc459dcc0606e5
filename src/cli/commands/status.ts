import { basename } from 'node:path'
import {
  type CheckpointInfo,
  listCheckpoints,
  listSpoolFiles,
  listUnfinishedUploads,
  type SpoolFile,
} from '../../runtimes/node/index.ts'
import { type Address, formatAddress, parseAddress } from '../args/address.ts'
import { checkpointFlags, checkpointPlace } from '../args/checkpoint-flags.ts'
import { command } from '../args/command.ts'
import { path } from '../args/flags.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { codeAndMessage } from '../errors/failure.ts'
import { formatMoment } from '../output/figures.ts'
import { checkpointText, unreadableText } from '../view/checkpoint-text.ts'
import { spoolText } from '../view/spool-text.ts'

export const status = command({
  usage: ['status', 'status oss://bucket/prefix'],
  examples: [
    ['ossup status', 'uploads that can be resumed from here'],
    ['ossup status oss://examplebucket/backup/', 'also uploads that only the bucket knows'],
  ],
  details: [
    'Without an address: the uploads that have a checkpoint on this machine. With one: also those that only the bucket knows, wherever they were started. ossup resume finishes them, ossup clean removes them.',
  ],
  positionals: { min: 0, max: 1 },
  flags: {
    ...checkpointFlags,
    'spool-dir': path('<dir>', 'also unused files in this spool folder'),
    ...commonFlags,
  },
  async run({ positionals: [target], flags }, shell) {
    const { screen, signal } = shell
    const address =
      target === undefined ? undefined : parseAddress(target, 'oss://bucket or oss://bucket/prefix')
    const { checkpoints, unreadable } = await listCheckpoints(checkpointPlace(flags))
    const ours = checkpoints.filter(info => address === undefined || isBelow(address, info))
    const now = Date.now()
    for (const info of ours) {
      screen.result('checkpoint', info, screen.fitted(checkpointText(info, now)))
    }
    for (const one of unreadable) {
      const fields = { id: one.id, ...codeAndMessage(one.error) }
      screen.result('unreadable', fields, screen.fitted(unreadableText(one)))
    }
    const spoolFiles = await orphansIn(flags['spool-dir'], checkpoints)
    for (const file of spoolFiles) {
      screen.result('spool-file', file, screen.fitted(spoolText(file, now)))
    }
    let uploads = 0
    if (address !== undefined) {
      const { bucket, key: prefix } = address
      const known = idsOf(ours)
      const place = await bucketOf(bucket, flags, shell)
      for await (const upload of listUnfinishedUploads(place, prefix, {
        signal,
        offlineTimeoutMs: 0,
      })) {
        if (known.has(upload.uploadId)) continue
        uploads += 1
        const where = formatAddress({ bucket, key: upload.key })
        const begun = `started ${formatMoment(upload.initiatedAt)}`
        const text = `${where}\n  known to the bucket alone: ${begun}, upload id ${upload.uploadId}`
        screen.result('upload', { bucket, ...upload }, screen.fitted(text))
      }
    }
    if (ours.length + unreadable.length + uploads + spoolFiles.length === 0) {
      screen.note('No unfinished uploads.')
    }
    const counts = { checkpoints: ours.length, unreadable: unreadable.length, uploads }
    screen.outcome({ ...counts, spoolFiles: spoolFiles.length })
  },
})

export function isBelow(
  { bucket, key: prefix }: Address,
  info: Pick<CheckpointInfo, 'bucket' | 'key'>,
): boolean {
  return info.bucket === bucket && info.key.startsWith(prefix)
}

/** The spool files in a folder that no checkpoint uses. */
export async function orphansIn(
  folder: string | undefined,
  checkpoints: readonly CheckpointInfo[],
): Promise<SpoolFile[]> {
  if (folder === undefined) return []
  // Compared by file name, which is unique per object: a folder may have several paths, because of links.
  const sources = new Set(checkpoints.map(({ source }) => basename(source)))
  return (await listSpoolFiles(folder)).filter(({ path }) => !sources.has(basename(path)))
}

/** The upload ids of all checkpoints, including pending aborts. */
export function idsOf(checkpoints: readonly CheckpointInfo[]): Set<string | undefined> {
  return new Set(
    checkpoints.flatMap(({ uploadId, pendingAborts }) => [uploadId, ...pendingAborts.uploadIds]),
  )
}
