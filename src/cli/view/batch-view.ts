// What is seen of a batch: a line that is drawn again on a terminal, a line now and then in a log, a
// JSON line for each file for programs; at the end the sum, and what failed and why.

import type {
  BatchEvent,
  BatchResult,
  BatchSnapshot,
  FileOutcome,
  SendReason,
  SkipReason,
} from '../../runtimes/node/index.ts'
import { formatAddress } from '../args/address.ts'
import { withFlags } from '../args/option-flags.ts'
import { outcomeFields } from '../errors/outcome-fields.ts'
import { formatBytes, formatDuration } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import type { Screen } from '../output/screen.ts'
import { batchLine } from './batch-line.ts'
import { eventTrace } from './event-note.ts'
import { LiveBatch } from './live-batch.ts'
import type { ViewClock } from './live-upload.ts'
import { counted } from './progress-line.ts'

const plainEveryMs = 10_000
const jsonEveryMs = 500
/** The speed of less says nothing. */
const speedFrom = 1024 ** 2
/** So many are told one by one; the others are in the sum, and in the ledger. */
const toldMax = 50

/** What programs are told of a single file's upload. */
const toldEvents = new Set<BatchEvent['type']>(['retry', 'offline', 'online', 'round', 'warning'])

export interface BatchSubject {
  readonly sources: readonly string[]
  readonly bucket: string
  readonly prefix: string
  readonly dryRun: boolean
}

export class BatchView {
  readonly #screen: Screen
  readonly #subject: BatchSubject
  readonly #verbose: boolean
  readonly #clock: ViewClock
  readonly #live: LiveBatch
  readonly #startedAt: number
  readonly #failures: { readonly path: string; readonly message: string }[] = []
  #latest: BatchSnapshot | undefined
  #hasBegun = false
  #saidAt: number
  #skipped = 0

  constructor(
    screen: Screen,
    subject: BatchSubject,
    verbose: boolean,
    clock: ViewClock = { monotonic: () => performance.now(), now: () => Date.now() },
  ) {
    this.#screen = screen
    this.#subject = subject
    this.#verbose = verbose
    this.#clock = clock
    this.#live = new LiveBatch(clock, screen.glyphs, subject.prefix)
    this.#startedAt = clock.monotonic()
    this.#saidAt = this.#startedAt
  }

  file(outcome: FileOutcome): void {
    this.#begin()
    const screen = this.#screen
    if (outcome.outcome === 'failed') {
      if (this.#failures.length < toldMax) {
        this.#failures.push({ path: outcome.path, message: withFlags(outcome.error) })
      }
      // The list at the end says it to people.
      if (screen.json) screen.result('failed', this.#fields(outcome), '')
      return
    }
    const text = outcomeText(outcome)
    const isAskedFor = this.#verbose || outcome.outcome === 'planned'
    if (screen.json || isAskedFor) screen.report(outcome.outcome, this.#fields(outcome), text)
    else if (outcome.outcome === 'skipped' && ++this.#skipped <= toldMax) screen.note(text)
  }

  progress(snapshot: BatchSnapshot): void {
    this.#begin()
    this.#latest = snapshot
    this.#live.progress(snapshot)
    const { phase } = snapshot
    if (this.#screen.live) return
    if (!this.#isDue(this.#screen.json ? jsonEveryMs : plainEveryMs)) return
    if (this.#screen.json) this.#screen.event('progress', figuresOf(snapshot))
    else if (phase !== 'done') this.#screen.note(batchLine(snapshot, Number.POSITIVE_INFINITY))
  }

  event(event: BatchEvent): void {
    this.#begin()
    this.#live.event(event)
    const { type, ...fields } = event
    if (toldEvents.has(type)) this.#screen.event(type, fields)
    if (this.#screen.says('debug')) this.#screen.debug(eventTrace(event))
    if (event.type === 'warning' && !this.#screen.json) {
      const where = event.path === undefined ? '' : `${event.path}: `
      this.#screen.warn(printableLine(where + event.message))
    }
  }

  done(result: BatchResult): void {
    this.#begin()
    this.#screen.hide()
    this.#tellSkipped()
    this.#screen.outcome(
      { ...named(this.#subject), ...result },
      sumText(this.#subject, result, this.#clock.monotonic() - this.#startedAt),
    )
  }

  /** It did not come to a good end, and why is told elsewhere. @param isStopped it was asked to */
  ended(isStopped: boolean): void {
    if (!this.#hasBegun) return
    this.#screen.hide()
    this.#tellSkipped()
    for (const { path, message } of this.#failures) {
      this.#screen.error(printableLine(`failed: ${path}: ${message}`))
    }
    const latest = this.#latest
    if (latest === undefined) return
    const more = latest.failed - this.#failures.length
    if (more > 0) this.#screen.error(`and ${more} more: --ledger and --json tell of each`)
    if (isStopped) this.#screen.note(stoppedText(latest))
    else if (hasOutcomes(latest)) {
      const ms = this.#clock.monotonic() - this.#startedAt
      this.#screen.note(sumText(this.#subject, latest, ms))
    }
  }

  /** Said when the batch has been found possible, so that a mistake gets one message alone. */
  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const { sources, dryRun, bucket, prefix } = this.#subject
    const [first = ''] = sources
    const what = sources.length === 1 ? printableLine(first) : `${sources.length} files and folders`
    this.#screen.event('begin', this.#subject)
    const doing = dryRun ? 'Would upload' : 'Uploading'
    this.#screen.note(`${doing} ${what} to ${formatAddress({ bucket, key: prefix })}`)
    if (this.#screen.live) this.#screen.show(size => this.#live.frame(size))
  }

  #tellSkipped(): void {
    const more = this.#skipped - toldMax
    if (more > 0) this.#screen.note(`${more} more were skipped: --verbose tells of each`)
  }

  #fields(outcome: FileOutcome): object {
    return { bucket: this.#subject.bucket, ...outcomeFields(outcome) }
  }

  #isDue(everyMs: number): boolean {
    const now = this.#clock.monotonic()
    if (now - this.#saidAt < everyMs) return false
    this.#saidAt = now
    return true
  }
}

function named({ bucket, prefix, dryRun }: BatchSubject) {
  return { bucket, prefix, dryRun }
}

/** The part of a snapshot that is figures. */
function figuresOf({ active, ...figures }: BatchSnapshot): object {
  return { ...figures, filesActive: active().length }
}

const reasons: Readonly<Record<SendReason, string>> = {
  new: 'new',
  size: 'another size',
  content: 'another content',
  unfinished: 'unfinished',
  asked: 'whatever is there',
  unknown: 'nobody may look',
}

const kinds: Readonly<Record<SkipReason, string>> = {
  symlink: 'a link; --follow-links takes it for what it leads to',
  loop: 'a link to a folder that it is in',
  folder: 'a folder; --files-from takes files',
  fifo: 'a pipe',
  socket: 'a socket',
  device: 'a device',
}

function outcomeText(outcome: Exclude<FileOutcome, { outcome: 'failed' }>): string {
  const path = printableLine(outcome.path)
  switch (outcome.outcome) {
    case 'uploaded':
      return `uploaded ${path} (${formatBytes(outcome.size)})`
    case 'planned':
      return `would upload ${path} (${formatBytes(outcome.size)}, ${reasons[outcome.why]})`
    case 'unchanged':
      return `unchanged ${path} (${formatBytes(outcome.size)})`
    case 'skipped':
      return `skipped ${path}: ${kinds[outcome.reason]}`
  }
}

function stoppedText({ uploaded, unchanged }: BatchResult): string {
  const there = uploaded + unchanged
  return `Stopped. ${counted(there, 'file')} ${there === 1 ? 'is' : 'are'} there: run the same command again to continue.`
}

/** Before the first outcome, a sum would only say that there are no files, which the walk has not found out. */
function hasOutcomes({ uploaded, planned, unchanged, skipped, failed }: BatchResult): boolean {
  return uploaded + planned + unchanged + skipped + failed > 0
}

function sumText({ bucket, prefix, dryRun }: BatchSubject, result: BatchResult, ms: number) {
  const { uploaded, planned, unchanged, skipped, failed, sentBytes } = result
  const where = formatAddress({ bucket, key: prefix })
  // A glob that matches nothing, or an empty folder, is seldom what was meant.
  if (!hasOutcomes(result)) return `${where}  no files found`
  const bytes = dryRun ? result.plannedBytes : result.uploadedBytes
  const speed = sentBytes >= speedFrom ? ` (${formatBytes((sentBytes / ms) * 1000)}/s)` : ''
  const took = dryRun ? '' : ` in ${formatDuration(ms)}${speed}`
  const much = `${counted(dryRun ? planned : uploaded, 'file')} ${dryRun ? 'to upload' : 'uploaded'}`
  return [
    `${where}  ${much}, ${formatBytes(bytes)}${took}`,
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join('; ')
}
