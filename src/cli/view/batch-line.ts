// One line about the progress of a batch. Pure: a snapshot and a width become a string.

import type { ActiveFile, BatchSnapshot } from '../../runtimes/node/index.ts'
import { formatBytes, formatCount, percentOf } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import { counted } from './progress-line.ts'

/** The most important items come first, and the last ones are left out where the line is narrow. */
export function batchLine(snapshot: BatchSnapshot, width: number): string {
  const { uploaded, planned, unchanged, failed, postponed, confirmedBytes } = snapshot
  const words = [counted(uploaded + planned, 'file'), formatBytes(confirmedBytes)]
  if (snapshot.offlineSince !== undefined) words.push('no connection, waiting for it')
  else if (snapshot.bytesPerSecond !== undefined) {
    words.push(`${formatBytes(snapshot.bytesPerSecond)}/s`)
  }
  if (failed > 0) words.push(`${formatCount(failed)} failed`)
  if (unchanged > 0) words.push(`${formatCount(unchanged)} unchanged`)
  if (postponed > 0) words.push(`${formatCount(postponed)} to try again`)
  const largest = largestOf(snapshot.active())
  if (largest !== undefined) words.push(activeText(largest))
  let line = ''
  for (const word of words) {
    const longer = line === '' ? word : `${line}  ${word}`
    if (longer.length > width) break
    line = longer
  }
  return line
}

/** The largest file stays in progress longest, and its percentage changes slowly enough to be read. */
function largestOf(files: readonly ActiveFile[]): ActiveFile | undefined {
  let largest: ActiveFile | undefined
  for (const file of files) if (file.size > (largest?.size ?? -1)) largest = file
  return largest
}

function activeText({ path, size, snapshot }: ActiveFile): string {
  const share = snapshot === undefined ? 0 : percentOf(snapshot.confirmedBytes, size)
  return share > 0 && share < 100 ? `${printableLine(path)} ${share} %` : printableLine(path)
}
