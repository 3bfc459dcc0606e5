// Describes a spool file in words.

import type { SpoolFile } from '../../runtimes/node/index.ts'
import { formatBytes } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import { ageText, ownerText } from './checkpoint-text.ts'

/** Identifies a spool file in one line. @param now epoch milliseconds */
export function spoolName(file: SpoolFile, now: number): string {
  const part = file.isWhole ? '' : 'the beginning of a stream, '
  return `spool file ${printableLine(file.path)}: ${part}${formatBytes(file.size)}, last change ${ageText(file, now)}`
}

/** Describes a spool file that no checkpoint uses. */
export function spoolText(file: SpoolFile, now: number): string {
  const { owner } = file
  const state =
    owner === undefined
      ? 'of no upload that is known here; ossup clean --spool-dir removes it'
      : ownerText(owner)
  return `${spoolName(file, now)}\n  ${state}`
}
