// What is seen of an upload: a line that is drawn again on a terminal, a line now and then in a log,
// JSON lines for programs.

import { basename } from 'node:path'
import type { ProgressSnapshot, UploadEvent, UploadResult } from '../../runtimes/node/index.ts'
import { type Address, formatAddress } from '../address.ts'
import { formatBytes, formatDuration, percentOf } from '../figures.ts'
import { printable } from '../printable.ts'
import type { Screen } from '../screen.ts'
import { eventNote, eventTrace } from './event-note.ts'
import { progressLine } from './progress-line.ts'

/** In a log: a line when so much time has passed, or so many percent. */
const plainEveryMs = 10_000
const plainEveryPercent = 10
const jsonEveryMs = 500
/** The speed of less says nothing. */
const speedFrom = 1024 ** 2

export class UploadView {
  readonly #screen: Screen
  readonly #subject: Address & { readonly source: string }
  readonly #monotonic: () => number
  readonly #startedAt: number
  #hasBegun = false
  #latest: ProgressSnapshot | undefined
  #saidAt: number
  #saidPercent: number | undefined

  /** @param monotonic milliseconds since any moment. */
  constructor(
    screen: Screen,
    subject: Address & { readonly source: string },
    monotonic: () => number = () => performance.now(),
  ) {
    this.#screen = screen
    this.#subject = subject
    this.#monotonic = monotonic
    this.#startedAt = monotonic()
    this.#saidAt = this.#startedAt
  }

  progress(snapshot: ProgressSnapshot): void {
    this.#begin(snapshot.totalBytes)
    this.#latest = snapshot
    if (this.#screen.json) this.#progressJson(snapshot)
    else if (this.#screen.live) this.#screen.draw(progressLine(snapshot, this.#screen.width))
    else this.#progressPlain(snapshot)
  }

  event(event: UploadEvent): void {
    this.#begin(undefined)
    const { type, ...fields } = event
    this.#screen.event(type, fields)
    if (this.#screen.says('debug')) this.#screen.debug(eventTrace(event))
    if (event.type === 'warning') {
      if (!this.#screen.json) this.#screen.warn(printable(event.message))
      return
    }
    const note = eventNote(event, this.#latest?.totalBytes)
    if (note !== undefined) this.#screen.note(note)
  }

  /** @param id of its checkpoint, if the upload is not all that the command does */
  done(result: UploadResult, id?: string): void {
    const ms = this.#monotonic() - this.#startedAt
    const text = resultText(result, ms, this.#screen)
    if (id === undefined) this.#screen.outcome(result, text)
    else this.#screen.report('uploaded', { id, ...result }, text)
    if (result.callback?.ok === false) {
      this.#screen.warn(`the object is stored, but its callback failed (${result.callback.status})`)
    }
  }

  /** The upload was asked to stop, and did. */
  stopped(): void {
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

  /** Said when the upload has been found possible, so that a mistake gets one message alone. */
  #begin(size: number | undefined): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const source = printable(this.#subject.source)
    this.#screen.event('begin', { ...this.#subject, size })
    const much = size === undefined ? '' : ` (${formatBytes(size)})`
    const told = (name: string) => `Uploading ${name}${much} to ${formatAddress(this.#subject)}`
    const fits = !this.#screen.live || told(source).length <= this.#screen.width
    this.#screen.note(told(fits ? source : basename(source)))
  }

  #progressJson(snapshot: ProgressSnapshot): void {
    const { parts: _, ...figures } = snapshot
    if (snapshot.phase !== 'done' && !this.#isDue(jsonEveryMs)) return
    this.#saidAt = this.#monotonic()
    this.#screen.event('progress', figures)
  }

  #progressPlain(snapshot: ProgressSnapshot): void {
    const { totalBytes, confirmedBytes, phase } = snapshot
    if (phase !== 'sending') return
    const percent = totalBytes === undefined ? 0 : percentOf(confirmedBytes, totalBytes)
    this.#saidPercent ??= percent
    if (!this.#isDue(plainEveryMs) && percent - this.#saidPercent < plainEveryPercent) return
    this.#saidAt = this.#monotonic()
    this.#saidPercent = percent
    this.#screen.note(progressLine(snapshot, Number.POSITIVE_INFINITY))
  }

  #isDue(everyMs: number): boolean {
    return this.#monotonic() - this.#saidAt >= everyMs
  }
}

function resultText(result: UploadResult, ms: number, screen: Screen): string {
  const { size, crc64, verified, resumed, sentBytes, foundStored } = result
  const speed = sentBytes >= speedFrom ? ` (${formatBytes((sentBytes / ms) * 1000)}/s)` : ''
  const kept = resumed.bytes > 0 ? `; ${formatBytes(resumed.bytes)} of it not sent again` : ''
  const check =
    verified === 'crc64'
      ? `${screen.paint('green', 'verified')}: CRC-64 ${crc64} at both ends`
      : `OSS gave no CRC-64 to compare with ${crc64}`
  if (foundStored) {
    return `${formatAddress(result)}  ${formatBytes(size)}, stored by the process that was waited for\n${check}`
  }
  return `${formatAddress(result)}  ${formatBytes(size)} in ${formatDuration(ms)}${speed}${kept}\n${check}`
}
