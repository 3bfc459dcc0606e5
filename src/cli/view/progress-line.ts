// One line about the progress of an upload. Pure: a snapshot and a width become a string.

import type { ProgressSnapshot } from '../../runtimes/node/index.ts'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatShare,
  percentOf,
} from '../output/figures.ts'

interface Segment {
  readonly text: string
  /** Items with the highest rank are left out first where the line is too narrow. */
  readonly rank: number
}

/** The items that fit into `width` columns. The least important ones are left out first. */
export function progressLine(snapshot: ProgressSnapshot, width: number): string {
  let segments = segmentsOf(snapshot)
  while (segments.length > 1 && join(segments).length > width) {
    const last = Math.max(...segments.map(({ rank }) => rank))
    segments = segments.filter(({ rank }) => rank !== last)
  }
  return join(segments).slice(0, Math.max(0, width))
}

function join(segments: readonly Segment[]): string {
  return segments.map(({ text }) => text).join('  ')
}

function segmentsOf(snapshot: ProgressSnapshot): Segment[] {
  const { totalBytes, confirmedBytes, bytesPerSecond, remainingMs, partsInFlight, retries } =
    snapshot
  const segments: Segment[] = []
  const add = (rank: number, text: string) => segments.push({ rank, text })
  if (totalBytes === undefined) {
    add(1, formatBytes(confirmedBytes))
  } else {
    add(0, `${String(percentOf(confirmedBytes, totalBytes)).padStart(3)} %`)
    add(1, formatShare(confirmedBytes, totalBytes))
  }
  const doing = doings[snapshot.phase]
  if (snapshot.offlineSince !== undefined) add(2, 'no connection, waiting for it')
  else if (doing !== undefined) add(2, doing)
  else {
    if (bytesPerSecond !== undefined) add(2, `${formatBytes(bytesPerSecond)}/s`)
    if (remainingMs !== undefined) add(3, `${formatDuration(Math.max(1000, remainingMs))} left`)
    if (partsInFlight > 0) add(5, `${counted(partsInFlight, 'part')} in flight`)
  }
  if (retries > 0) add(4, counted(retries, 'retry', 'retries'))
  return segments
}

/** The text in place of speed and remaining time, by phase. */
const doings: Readonly<Record<ProgressSnapshot['phase'], string | undefined>> = {
  preparing: 'checking for earlier parts',
  verifying: 'reading the confirmed parts again',
  sending: undefined,
  completing: 'OSS puts the object together',
  done: undefined,
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
