// Shows how far an object or file has been read: one line that is drawn again on a terminal, a line from time to
// time in a log, JSON lines for programs.

import type { ReadEvent, TransferProgress } from '../../runtimes/node/index.ts'
import { formatBytes, formatDuration, formatShare, percentOf } from '../output/figures.ts'
import { printable } from '../output/printable.ts'
import type { Screen } from '../output/screen.ts'
import { eventTrace } from './event-note.ts'
import { counted } from './progress-line.ts'

/** The time between two lines in a log. */
const plainEveryMs = 10_000
const jsonEveryMs = 500

export class TransferView {
  readonly #screen: Screen
  readonly #monotonic: () => number
  readonly #startedAt: number
  #saidAt: number

  /** @param monotonic milliseconds from an arbitrary start */
  constructor(screen: Screen, monotonic: () => number = () => performance.now()) {
    this.#screen = screen
    this.#monotonic = monotonic
    this.#startedAt = monotonic()
    this.#saidAt = this.#startedAt
  }

  /** Milliseconds since the start. */
  get ms(): number {
    return this.#monotonic() - this.#startedAt
  }

  progress(progress: TransferProgress): void {
    const { json, live } = this.#screen
    if (live) this.#screen.draw(transferLine(progress, this.#screen.width))
    const isDue = this.#monotonic() - this.#saidAt >= (json ? jsonEveryMs : plainEveryMs)
    if (live || (!isDue && !(json && progress.phase === 'done'))) return
    this.#saidAt = this.#monotonic()
    const { doneBytes, totalBytes } = progress
    const percent = totalBytes === undefined ? undefined : percentOf(doneBytes, totalBytes)
    if (json) this.#screen.event('transfer', { ...progress, percent })
    else if (progress.phase === 'reading') this.#screen.note(transferLine(progress))
  }

  event(event: ReadEvent): void {
    const { type, ...fields } = event
    this.#screen.event(type, fields)
    if (this.#screen.says('debug')) this.#screen.debug(eventTrace(event))
    if (event.type === 'offline') {
      const howLong = formatDuration(event.timeoutMs)
      const reason = printable(event.reason)
      this.#screen.note(`No connection, waiting up to ${howLong} for it. Reason: ${reason}`)
    }
    if (event.type === 'online') {
      this.#screen.note(`Connected again after ${formatDuration(event.afterMs)}.`)
    }
  }
}

/**
 * One line about the progress. The items that fit into `width` columns are shown, the most important ones
 * first.
 */
export function transferLine(
  progress: TransferProgress,
  width: number = Number.POSITIVE_INFINITY,
): string {
  const segments = segmentsOf(progress)
  while (segments.length > 1 && segments.join('  ').length > width) segments.pop()
  return segments.join('  ').slice(0, Math.max(0, width))
}

function segmentsOf(progress: TransferProgress): string[] {
  const { phase, totalBytes, doneBytes, bytesPerSecond, remainingMs, retries } = progress
  if (phase === 'preparing') return ['checking the object']
  const segments =
    totalBytes === undefined
      ? [formatBytes(doneBytes)]
      : [
          `${String(percentOf(doneBytes, totalBytes)).padStart(3)} %`,
          formatShare(doneBytes, totalBytes),
        ]
  if (progress.offlineSince !== undefined) segments.push('no connection, waiting for it')
  else if (phase === 'finishing') segments.push('making it safe on disk')
  else {
    if (bytesPerSecond !== undefined) segments.push(`${formatBytes(bytesPerSecond)}/s`)
    if (remainingMs !== undefined && phase !== 'done') {
      segments.push(`${formatDuration(Math.max(1000, remainingMs))} left`)
    }
  }
  if (retries > 0) segments.push(counted(retries, 'retry', 'retries'))
  return segments
}
