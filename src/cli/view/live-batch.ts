// The state of the live view of many files between two frames.

import type { BatchEvent, BatchSnapshot } from '../../runtimes/node/index.ts'
import type { Glyphs } from '../live/glyphs.ts'
import type { Line } from '../live/lines.ts'
import { batchFrame, fileRows } from './batch-frame.ts'
import { FileSlots } from './file-slots.ts'
import type { FrameSize } from './frame-layout.ts'
import type { ViewClock } from './live-upload.ts'
import { offlineText } from './offline-text.ts'
import { RetryNotes } from './retry-notes.ts'
import { TimeLeft } from './time-left.ts'

/** Numbers that change more often cannot be read. */
const figuresEveryMs = 500
/** An estimate from less time is a guess. */
const estimateFromMs = 5000

interface Figures {
  readonly bytesPerSecond: number | undefined
  readonly timeLeft: string | undefined
}

export class LiveBatch {
  readonly #clock: ViewClock
  readonly #glyphs: Glyphs
  readonly #prefix: string
  readonly #begunAt: number
  readonly #slots = new FileSlots()
  readonly #retries = new RetryNotes()
  readonly #timeLeft = new TimeLeft()
  #snapshot: BatchSnapshot | undefined
  #figures: Figures | undefined
  #figuresAt = 0

  /** @param prefix that all keys share; it is not shown */
  constructor(clock: ViewClock, glyphs: Glyphs, prefix: string) {
    this.#prefix = prefix
    this.#clock = clock
    this.#glyphs = glyphs
    this.#begunAt = clock.monotonic()
  }

  progress(snapshot: BatchSnapshot): void {
    this.#snapshot = snapshot
  }

  event(event: BatchEvent): void {
    const isOffline = this.#snapshot?.offlineSince !== undefined
    if (event.type !== 'retry' || isOffline) return
    this.#retries.add(
      event,
      this.#clock.monotonic(),
      event.key === undefined ? undefined : this.#nameOf(event.key),
    )
  }

  frame(size: FrameSize): Line[] {
    const snapshot = this.#snapshot
    if (snapshot === undefined || snapshot.phase === 'done') return []
    const now = this.#clock.monotonic()
    const active = snapshot.active()
    const { offlineSince } = snapshot
    const until = active.find(file => file.snapshot?.offlineUntil !== undefined)?.snapshot
    const instead =
      offlineSince === undefined
        ? undefined
        : offlineText(offlineSince, until?.offlineUntil, this.#clock.now())
    const picture = {
      snapshot,
      ...this.#readFigures(snapshot, now),
      instead,
      trouble: this.#retries.text(now),
      files: this.#slots
        .place(active, fileRows(size), now)
        .map(file => file && { ...file, path: this.#nameOf(file.key) }),
    }
    return batchFrame(picture, size, this.#glyphs)
  }

  /** The key below the prefix. The prefix is the same for all files, and the user knows it. */
  #nameOf(key: string): string {
    return key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : key
  }

  #readFigures(snapshot: BatchSnapshot, now: number): Figures {
    if (this.#figures !== undefined && now - this.#figuresAt < figuresEveryMs) return this.#figures
    this.#figuresAt = now
    const { bytesPerSecond } = snapshot
    const timeLeft = this.#timeLeft.text(remainingMs(snapshot, now - this.#begunAt))
    this.#figures = { bytesPerSecond, timeLeft }
    return this.#figures
  }
}

/**
 * Estimates by bytes at the current speed and by files at the average pace, and returns the longer time. With
 * small files the number of files decides how long a batch takes.
 */
function remainingMs(snapshot: BatchSnapshot, passedMs: number): number | undefined {
  const { isWalked, filesFound, bytesFound, offlineSince, bytesPerSecond = 0 } = snapshot
  if (!isWalked || offlineSince !== undefined || passedMs < estimateFromMs) return undefined
  const { uploaded, unchanged, planned, failed, confirmedBytes, unchangedBytes } = snapshot
  const done = uploaded + unchanged + planned + failed
  const bytesLeft = bytesFound - confirmedBytes - unchangedBytes
  if (bytesPerSecond <= 0 || done === 0) return undefined
  const byBytes = (bytesLeft / bytesPerSecond) * 1000
  const byFiles = ((filesFound - done) * passedMs) / done
  // A few large files do not predict the pace of the others.
  return Math.max(byBytes, done >= 50 ? byFiles : 0)
}
