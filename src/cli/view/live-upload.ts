// The state of the live view of one upload between two frames. It collects snapshots and events, and keeps numbers
// unchanged long enough to be read.

import type { ProgressSnapshot, UploadEvent } from '../../runtimes/node/index.ts'
import { cutEnd } from '../live/columns.ts'
import type { Glyphs } from '../live/glyphs.ts'
import { type Line, span } from '../live/lines.ts'
import { formatBytes, formatDuration, formatShareSteady } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import { type FrameSize, layOut, roomIn } from './frame-layout.ts'
import { offlineText } from './offline-text.ts'
import { RetryNotes } from './retry-notes.ts'
import { TimeLeft } from './time-left.ts'
import { type Figures, uploadFrame } from './upload-frame.ts'

export interface ViewClock {
  /** Milliseconds from an arbitrary start. */
  monotonic(): number
  /** The current time, in epoch milliseconds. */
  now(): number
}

/** Numbers that change more often cannot be read. */
const figuresEveryMs = 500
/** An estimate from less time is a guess. */
const estimateFromMs = 3000
/** After this time without a sent byte, words replace the speed. */
const stillFromMs = 3000

export class LiveUpload {
  readonly #clock: ViewClock
  readonly #glyphs: Glyphs
  readonly #retries = new RetryNotes()
  readonly #timeLeft = new TimeLeft()
  #snapshot: ProgressSnapshot | undefined
  #sendingSince: number | undefined
  #movedAt = 0
  #owner: Extract<UploadEvent, { type: 'waiting' }> | undefined
  #figures: Figures | undefined
  #figuresAt = 0
  #spooled: number | undefined

  constructor(clock: ViewClock, glyphs: Glyphs) {
    this.#clock = clock
    this.#glyphs = glyphs
  }

  progress(snapshot: ProgressSnapshot): void {
    const now = this.#clock.monotonic()
    const before = this.#snapshot
    this.#snapshot = snapshot
    const isOnline = snapshot.offlineSince === undefined
    if (snapshot.phase !== 'sending' || !isOnline) this.#sendingSince = undefined
    else this.#sendingSince ??= now
    if (snapshot.phase !== 'preparing') this.#owner = undefined
    const moved =
      snapshot.sentBytes !== before?.sentBytes ||
      snapshot.confirmedBytes !== before.confirmedBytes ||
      this.#sendingSince === now
    if (moved) this.#movedAt = now
    // Numbers are updated at once when the phase changes, and when the upload has found out what it resumes.
    const isNew = snapshot.phase !== before?.phase || snapshot.resumedBytes !== before.resumedBytes
    if (isNew) this.#figures = undefined
  }

  event(event: UploadEvent): void {
    if (event.type === 'waiting') this.#owner = event
    if (event.type === 'spooling') {
      this.#spooled = event.bytes
      this.#owner = undefined
    }
    const isOffline = this.#snapshot?.offlineSince !== undefined
    // While the connection is lost, one message says so; a message for each part would repeat it.
    if (event.type === 'retry' && !isOffline) this.#retries.add(event, this.#clock.monotonic())
  }

  frame(size: FrameSize): Line[] {
    const snapshot = this.#snapshot
    if (snapshot === undefined) return this.#frameBefore(size)
    const picture = {
      snapshot,
      figures: this.#readFigures(snapshot),
      instead: this.#instead(snapshot),
      trouble: this.#retries.text(this.#clock.monotonic()),
    }
    return uploadFrame(picture, size, this.#glyphs)
  }

  /** The frame before the upload starts to send. */
  #frameBefore(size: FrameSize): Line[] {
    const text = this.#owner === undefined ? spoolText(this.#spooled) : ownerText(this.#owner)
    if (text === undefined) return []
    const room = roomIn(size)
    const foot =
      this.#owner === undefined ? [span('nothing is sent before it is whole', 'faint')] : []
    return layOut([[[span(cutEnd(text, room.columns, this.#glyphs.cut), 'flying')], foot]], room)
  }

  #readFigures(snapshot: ProgressSnapshot): Figures {
    const now = this.#clock.monotonic()
    const { confirmedBytes, bytesPerSecond, remainingMs } = snapshot
    if (this.#figures !== undefined && now - this.#figuresAt < figuresEveryMs) return this.#figures
    const isKnown = this.#sendingSince !== undefined && now - this.#sendingSince >= estimateFromMs
    this.#figuresAt = now
    this.#figures = {
      confirmedBytes,
      bytesPerSecond,
      timeLeft: this.#timeLeft.text(isKnown ? remainingMs : undefined),
    }
    return this.#figures
  }

  /** The words that replace the speed while nothing is sent. */
  #instead(snapshot: ProgressSnapshot): string | undefined {
    const { phase, offlineSince, offlineUntil, verifiedBytes = 0, bytesToVerify } = snapshot
    if (offlineSince !== undefined) {
      return offlineText(offlineSince, offlineUntil, this.#clock.now())
    }
    if (this.#owner !== undefined) return ownerText(this.#owner)
    if (bytesToVerify !== undefined) {
      return `verifying confirmed parts: ${formatShareSteady(verifiedBytes, bytesToVerify).trim()}`
    }
    if (phase === 'preparing' || phase === 'verifying') return 'checking for earlier parts'
    if (phase === 'completing') return 'OSS puts the object together'
    const stillMs = this.#clock.monotonic() - this.#movedAt
    if (phase !== 'sending' || stillMs < stillFromMs) return undefined
    return `nothing moved for ${formatDuration(Math.floor(stillMs / 1000) * 1000)}`
  }
}

function spoolText(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${formatBytes(bytes)} written to the spool file`
}

function ownerText({ host, pid }: Extract<UploadEvent, { type: 'waiting' }>): string {
  const who = pid === undefined ? 'another owner' : `process ${pid}`
  const where = host === undefined ? '' : ` on ${printableLine(host)}`
  return `waiting for ${who}${where} to finish it`
}
