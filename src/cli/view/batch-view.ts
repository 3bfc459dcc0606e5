// Shows a batch: a live view on a terminal, a line from time to time in a log, a JSON line for each file for
// programs. At the end it prints the totals, and which files failed and why.

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
import { formatBytes, formatCount, formatElapsed, percentOf } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import type { Screen } from '../output/screen.ts'
import { batchLine } from './batch-line.ts'
import { eventTrace } from './event-note.ts'
import { LiveBatch } from './live-batch.ts'
import type { ViewClock } from './live-upload.ts'
import { counted } from './progress-line.ts'

const plainEveryMs = 10_000
const jsonEveryMs = 500
/** The speed of fewer bytes is mostly chance. */
const speedFrom = 1024 ** 2
/** How many failed files get a line of their own. The others are in the totals and in the report. */
const listedMax = 50

/** The events of one file's upload that JSON output includes. */
const reportedEvents = new Set<BatchEvent['type']>([
  'retry',
  'offline',
  'online',
  'round',
  'warning',
])

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
  /** Bytes that earlier runs sent and this run did not send again. */
  #resumed = 0
  /** Bytes that OSS has confirmed of files that are not finished yet, by key. */
  readonly #safe = new Map<string, number>()

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
    if (outcome.outcome === 'uploaded') {
      this.#resumed += outcome.result.resumed.bytes
      this.#safe.delete(outcome.key)
    }
    if (outcome.outcome === 'failed') {
      if (this.#failures.length < listedMax) {
        this.#failures.push({ path: outcome.path, message: withFlags(outcome.error) })
      }
      // Text output lists failed files at the end instead.
      if (screen.json) screen.result('failed', this.#fields(outcome), '')
      return
    }
    const text = outcomeText(outcome)
    const isAskedFor = this.#verbose || outcome.outcome === 'planned'
    if (screen.json || isAskedFor) screen.report(outcome.outcome, this.#fields(outcome), text)
    else if (outcome.outcome === 'skipped' && ++this.#skipped <= listedMax) screen.note(text)
  }

  progress(snapshot: BatchSnapshot): void {
    this.#begin()
    this.#latest = snapshot
    this.#live.progress(snapshot)
    for (const { key, snapshot: one } of snapshot.active()) {
      if (one !== undefined && one.confirmedBytes > 0) this.#safe.set(key, one.confirmedBytes)
    }
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
    if (reportedEvents.has(type)) this.#screen.event(type, fields)
    if (this.#screen.says('debug')) this.#screen.debug(eventTrace(event))
    if (event.type === 'resumed' && event.path !== undefined) this.#resumedNote(event.path, event)
    if (event.type === 'warning' && !this.#screen.json) {
      const where = event.path === undefined ? '' : `${event.path}: `
      this.#screen.warn(printableLine(where + event.message))
    }
  }

  done(result: BatchResult): void {
    this.#begin()
    this.#screen.hide()
    this.#tellSkipped()
    this.#screen.outcome({ ...named(this.#subject), ...result }, this.#sumText(result))
  }

  /** Ends the view after the batch failed or was stopped. The command reports the error itself. */
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
    if (more > 0) {
      this.#screen.error(`and ${formatCount(more)} more: --ledger and --json list all of them`)
    }
    if (isStopped) this.#screen.note(stoppedText(latest, [...this.#safe.values()]))
    else if (hasOutcomes(latest)) this.#screen.note(this.#sumText(latest))
  }

  /** Prints the first line once the batch can run, so that a mistake causes one message only. */
  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const { sources, dryRun, bucket, prefix } = this.#subject
    const what = sourcesText(sources)
    this.#screen.event('begin', this.#subject)
    const doing = dryRun ? 'Would upload' : 'Uploading'
    this.#screen.note(`${doing} ${what} to ${formatAddress({ bucket, key: prefix })}`)
    if (this.#screen.live) this.#screen.show(size => this.#live.frame(size))
  }

  #tellSkipped(): void {
    const more = this.#skipped - listedMax
    if (more > 0) this.#screen.note(`${formatCount(more)} more were skipped: --verbose lists them`)
  }

  #resumedNote(path: string, { bytes }: { readonly bytes: number }): void {
    const file = this.#latest?.active().find(active => active.path === path)
    const at = file === undefined ? '' : ` at ${percentOf(bytes, file.size)} %`
    const note = `${printableLine(path)}: resumed${at}, ${formatBytes(bytes)} not sent again`
    if (bytes > 0) this.#screen.note(note)
  }

  #sumText(result: BatchResult): string {
    const ms = this.#clock.monotonic() - this.#startedAt
    return sumText(this.#subject, { ...result, resumedBytes: this.#resumed }, ms)
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

/** The numbers of a snapshot, as JSON fields. */
function figuresOf({ active, ...figures }: BatchSnapshot): object {
  const { isWalked, confirmedBytes, unchangedBytes, bytesFound } = figures
  // No percentage is printed while files are still being found, since the total is not known.
  const percent = isWalked ? percentOf(confirmedBytes + unchangedBytes, bytesFound) : undefined
  return { ...figures, percent, filesActive: active().length }
}

/** `a and b`, or `a, b and 3 more`. */
function sourcesText(sources: readonly string[]): string {
  const [first = '', second] = sources.map(printableLine)
  if (second === undefined) return first
  const more = sources.length - 2
  return more === 0 ? `${first} and ${second}` : `${first}, ${second} and ${formatCount(more)} more`
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

/** @param safe confirmed bytes of each file that is not finished yet */
function stoppedText({ uploaded, unchanged }: BatchResult, safe: readonly number[]): string {
  const stored = uploaded + unchanged
  const files = `${counted(stored, 'file')} ${stored === 1 ? 'is' : 'are'} stored`
  const bytes = formatBytes(safe.reduce((sum, one) => sum + one, 0))
  const parts =
    safe.length === 0 ? '' : `, and ${bytes} of ${formatCount(safe.length)} more are safe`
  return `Stopped. ${files}${parts}: run the same command again to continue.`
}

/**
 * Before the first outcome, the totals would claim that there are no files, although the walk has not
 * finished.
 */
function hasOutcomes({ uploaded, planned, unchanged, skipped, failed }: BatchResult): boolean {
  return uploaded + planned + unchanged + skipped + failed > 0
}

function sumText(
  { bucket, prefix, dryRun }: BatchSubject,
  result: BatchResult & { readonly resumedBytes: number },
  ms: number,
) {
  const { uploaded, planned, unchanged, skipped, failed, sentBytes, resumedBytes } = result
  const where = formatAddress({ bucket, key: prefix })
  // A glob that matches nothing, or an empty folder, is usually a mistake.
  if (!hasOutcomes(result)) return `${where}  no files found`
  const bytes = dryRun ? result.plannedBytes : result.uploadedBytes
  const speed = sentBytes >= speedFrom ? ` (${formatBytes((sentBytes / ms) * 1000)}/s)` : ''
  const sent = dryRun || sentBytes === bytes ? '' : `; ${formatBytes(sentBytes)} sent`
  const took = dryRun ? '' : `${sent} in ${formatElapsed(ms)}${speed}`
  const much = `${counted(dryRun ? planned : uploaded, 'file')} ${dryRun ? 'to upload' : 'uploaded'}`
  return [
    `${where}  ${much}, ${formatBytes(bytes)}${took}`,
    ...(resumedBytes > 0 ? [`${formatBytes(resumedBytes)} resumed`] : []),
    ...(unchanged > 0 ? [`${formatCount(unchanged)} unchanged`] : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} skipped`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
  ].join('; ')
}
