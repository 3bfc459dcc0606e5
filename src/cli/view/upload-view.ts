// Shows an upload: a live view on a terminal, a line from time to time in a log, JSON lines for programs.

import { basename } from 'node:path'
import type { ProgressSnapshot, UploadEvent, UploadResult } from '../../runtimes/node/index.ts'
import { type Address, formatAddress } from '../args/address.ts'
import { columnsOf } from '../live/columns.ts'
import { formatBytes, formatCount, formatElapsed, percentOf } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import type { Screen } from '../output/screen.ts'
import { eventNote, eventTrace } from './event-note.ts'
import { LiveUpload, type ViewClock } from './live-upload.ts'
import { counted, progressLine } from './progress-line.ts'

/** In a log, a line is printed after this time, or after this many percent. */
const plainEveryMs = 10_000
const plainEveryPercent = 10
const jsonEveryMs = 500
/** The speed of fewer bytes is mostly chance. */
const speedFrom = 1024 ** 2

export class UploadView {
  readonly #screen: Screen
  readonly #subject: Address & { readonly source: string }
  readonly #clock: ViewClock
  readonly #live: LiveUpload
  readonly #startedAt: number
  readonly #isOneOfMany: boolean
  #hasBegun = false
  #latest: ProgressSnapshot | undefined
  #saidAt: number
  #saidPercent: number | undefined

  constructor(
    screen: Screen,
    subject: Address & { readonly source: string },
    clock: ViewClock = { monotonic: () => performance.now(), now: () => Date.now() },
    isOneOfMany = false,
  ) {
    this.#isOneOfMany = isOneOfMany
    this.#screen = screen
    this.#subject = subject
    this.#clock = clock
    this.#live = new LiveUpload(clock, screen.glyphs)
    this.#startedAt = clock.monotonic()
    this.#saidAt = this.#startedAt
  }

  progress(snapshot: ProgressSnapshot): void {
    this.#begin(snapshot.totalBytes)
    this.#latest = snapshot
    this.#live.progress(snapshot)
    if (this.#screen.json) this.#progressJson(snapshot)
    else if (!this.#screen.live) this.#progressPlain(snapshot)
  }

  event(event: UploadEvent): void {
    this.#begin(undefined)
    this.#live.event(event)
    const { type, ...fields } = event
    this.#screen.event(type, fields)
    if (this.#screen.says('debug')) this.#screen.debug(eventTrace(event))
    if (event.type === 'warning') {
      if (!this.#screen.json) this.#screen.warn(printableLine(event.message))
      return
    }
    if (event.type === 'spooling') this.#spoolingPlain(event)
    if (this.#isOneOfMany && event.type === 'resumed') return
    const note = eventNote(event, this.#latest?.totalBytes)
    if (note !== undefined) this.#screen.note(note)
  }

  /** @param id of the checkpoint, if the command handles more than this upload */
  done(result: UploadResult, id?: string): void {
    this.#screen.hide()
    const ms = this.#clock.monotonic() - this.#startedAt
    const text = this.#isOneOfMany ? headText(result, ms) : resultText(result, ms, this.#screen)
    if (id === undefined) this.#screen.outcome(result, text)
    else this.#screen.report('uploaded', { id, ...result }, text)
    if (result.callback?.ok === false) {
      this.#screen.warn(`the object is stored, but its callback failed (${result.callback.status})`)
    }
  }

  /** Reports that the upload stopped as asked. */
  stopped(): void {
    this.#screen.hide()
    const { confirmedBytes = 0, totalBytes } = this.#latest ?? {}
    const much =
      totalBytes === undefined
        ? formatBytes(confirmedBytes)
        : `${percentOf(confirmedBytes, totalBytes)} %`
    const safe = confirmedBytes > 0 ? ` ${much} is safe:` : ''
    this.#screen.note(
      `Stopped.${safe || ' To continue,'} run the same command again${safe && ' to continue'}.`,
    )
  }

  /** Prints the first line once the upload can run, so that a mistake causes one message only. */
  #begin(size: number | undefined): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const source = printableLine(this.#subject.source)
    this.#screen.event('begin', { ...this.#subject, size })
    const much = size === undefined ? '' : ` (${formatBytes(size)})`
    const lineFor = (name: string) => `Uploading ${name}${much} to ${formatAddress(this.#subject)}`
    const fits = !this.#screen.live || columnsOf(lineFor(source)) <= this.#screen.width
    // One of several uploads gets a line when it is finished, unless a live view is drawn.
    if (!this.#isOneOfMany || this.#screen.live)
      this.#screen.note(lineFor(fits ? source : basename(source)))
    if (this.#screen.live) this.#screen.show(size => this.#live.frame(size))
  }

  #progressJson(snapshot: ProgressSnapshot): void {
    const { parts: _, ...figures } = snapshot
    const { confirmedBytes, totalBytes } = snapshot
    const percent = totalBytes === undefined ? undefined : percentOf(confirmedBytes, totalBytes)
    if (snapshot.phase !== 'done' && !this.#isDue(jsonEveryMs)) return
    this.#saidAt = this.#clock.monotonic()
    this.#screen.event('progress', { ...figures, percent })
  }

  #progressPlain(snapshot: ProgressSnapshot): void {
    const { totalBytes, confirmedBytes, phase } = snapshot
    if (phase !== 'sending') return
    const percent = totalBytes === undefined ? 0 : percentOf(confirmedBytes, totalBytes)
    this.#saidPercent ??= percent
    if (!this.#isDue(plainEveryMs) && percent - this.#saidPercent < plainEveryPercent) return
    this.#saidAt = this.#clock.monotonic()
    this.#saidPercent = percent
    this.#screen.note(progressLine(snapshot, Number.POSITIVE_INFINITY))
  }

  /** Prints how much is spooled, in a log only: the live view shows it already. */
  #spoolingPlain({ bytes, isWhole }: Extract<UploadEvent, { type: 'spooling' }>): void {
    if (this.#screen.live || !(isWhole || this.#isDue(plainEveryMs))) return
    this.#saidAt = this.#clock.monotonic()
    const what = `${formatBytes(bytes)} written to the spool file`
    this.#screen.note(isWhole ? `${what}, which is whole now.` : what)
  }

  #isDue(everyMs: number): boolean {
    return this.#clock.monotonic() - this.#saidAt >= everyMs
  }
}

/** Which object was uploaded, its size, and how long that took. */
function headText(result: UploadResult, ms: number): string {
  const { size, sentBytes, foundStored } = result
  const how = foundStored
    ? ', stored by the process that was waited for'
    : `${sentBytes === size ? '' : `; ${formatBytes(sentBytes)} sent`}${tookText(sentBytes, ms)}`
  return `${formatAddress(result)}  ${formatBytes(size)}${how}`
}

/** Where the object is, what was verified and how, what was not sent again, and how to download the object. */
function resultText(result: UploadResult, ms: number, screen: Screen): string {
  const { size, crc64, verified, resumed, parts, retries } = result
  const address = formatAddress(result)
  const check =
    verified === 'crc64'
      ? `${screen.paint('green', 'verified')}: CRC-64 ${crc64} at both ends`
      : `OSS gave no CRC-64 to compare with ${crc64}`
  const made = parts > 0 ? ` in ${counted(parts, 'part')}` : ''
  const repeated = retries > 0 ? `, ${counted(retries, 'retry', 'retries')}` : ''
  const kept = `${formatBytes(resumed.bytes)} (${percentOf(resumed.bytes, size)} %)`
  return [
    headText(result, ms),
    `${check}, ${exactly(size)}${made}${repeated}`,
    ...(resumed.bytes > 0 ? [`resumed: ${kept} of it not sent again`] : []),
    ...(screen.live && screen.suggests
      ? [screen.paint('dim', `fetch it: ossup download ${quoted(address)}`)]
      : []),
  ].join('\n')
}

/** The time and the average speed of the sent bytes. */
function tookText(sentBytes: number, ms: number): string {
  const speed = sentBytes >= speedFrom ? ` (${formatBytes((sentBytes / ms) * 1000)}/s)` : ''
  return ` in ${formatElapsed(ms)}${ms > 0 ? speed : ''}`
}

/** Formats bytes exactly: `314,572,800 bytes`. */
function exactly(bytes: number): string {
  return `${formatCount(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`
}

/** Quotes a word for a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
