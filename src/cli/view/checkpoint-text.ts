// Describes a checkpoint in words.

import type { CheckpointInfo, UnreadableCheckpoint } from '../../runtimes/node/index.ts'
import { formatAddress } from '../args/address.ts'
import { withFlags } from '../args/option-flags.ts'
import { shortId } from '../args/pick-checkpoint.ts'
import {
  formatBytes,
  formatDuration,
  formatMoment,
  formatShare,
  percentOf,
} from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import { counted } from './progress-line.ts'

/** Describes a checkpoint in a few lines. @param now epoch milliseconds */
export function checkpointText(info: CheckpointInfo, now: number): string {
  const { startedAt, owner } = info
  const times = `started ${formatMoment(startedAt)}, last change ${ageText(info, now)}`
  const lines = [
    formatAddress(info),
    `from ${sourceText(info)}`,
    // No command is suggested while another process certainly runs the upload.
    ...(owner?.isCertain ? [] : [stateText(info)]),
    ...(owner === undefined ? [] : [ownerText(owner)]),
    ...pendingAbortLines(info),
    `id ${shortId(info)}; ${times}`,
  ]
  return lines.join('\n  ')
}

/** Describes the source of an upload. */
export function sourceText({
  source,
  sourceKind,
}: Pick<CheckpointInfo, 'source' | 'sourceKind'>): string {
  if (sourceKind !== 'file') return unnamed[sourceKind]
  const path = printableLine(source)
  return path.endsWith('.ossup-spool') ? `standard input (or a stream), kept in ${path}` : path
}

const unnamed = {
  stream: 'standard input (or a stream)',
  bytes: 'bytes in memory',
  blob: 'a Blob',
} as const

/** Explains how to resume an upload whose source only the user can open again. */
export function offerAgainText(
  info: Pick<CheckpointInfo, 'bucket' | 'key' | 'sourceKind'>,
): string {
  return info.sourceKind === 'stream'
    ? `offer it again with \`… | ossup upload - ${formatAddress(info)}\``
    : 'only the program that began it can offer it again'
}

function stateText(info: CheckpointInfo): string {
  const { size, confirmedBytes, state, sourceKind } = info
  if (state === 'cleanup') return 'finished or discarded; ossup clean removes it'
  const share =
    size === undefined
      ? formatBytes(confirmedBytes)
      : `${percentOf(confirmedBytes, size)} %, ${formatShare(confirmedBytes, size)},`
  if (sourceKind === 'file') return `${share} ${hintsOfFiles[state]}`
  const much = size === undefined ? `${share} safe, its size is not known` : `${share} safe`
  return `${much}: ${offerAgainText(info)}`
}

const hintsOfFiles = {
  started: 'not yet sent: ossup resume sends it, or the same upload',
  sending: 'safe: ossup resume continues it, or the same upload',
  completing: 'sent, and being put together by OSS: ossup resume looks and finishes it',
} as const

/** How long ago the checkpoint changed: `3 min ago`. */
export function ageText({ updatedAt }: Pick<CheckpointInfo, 'updatedAt'>, now: number): string {
  const ms = now - updatedAt
  return ms < 1000 ? 'just now' : `${formatDuration(ms)} ago`
}

/** Which process owns the upload: `running now: process 12 on host since …`. */
export function ownerText({
  host,
  pid,
  since,
  isCertain,
}: NonNullable<CheckpointInfo['owner']>): string {
  const who = pid === undefined ? 'another owner' : `process ${pid}`
  const where = host === undefined ? '' : ` on ${printableLine(host)}`
  const when = since === undefined ? '' : ` since ${formatMoment(since)}`
  return `${isCertain ? 'running now' : 'perhaps running'}: ${who}${where}${when}`
}

export function unreadableText({ id, error }: UnreadableCheckpoint): string {
  return `checkpoint ${shortId({ id })} cannot be read\n  ${printableLine(withFlags(error))}`
}

function pendingAbortLines({ pendingAborts: { uploadIds, intents } }: CheckpointInfo): string[] {
  return [
    ...(uploadIds.length === 0 ? [] : [`left at OSS: ${counted(uploadIds.length, 'upload id')}`]),
    ...(intents === 0
      ? []
      : [`perhaps left at OSS: ${counted(intents, 'empty upload')} whose begin was not answered`]),
  ]
}
