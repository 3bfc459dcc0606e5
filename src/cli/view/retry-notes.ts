// Collects failed requests that will be retried, and shows them long enough to be read. Several retries share one
// line.

import type { UploadEvent } from '../../runtimes/node/index.ts'
import { formatDuration } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'

type Retry = Extract<UploadEvent, { type: 'retry' }>

const shownForMs = 6000
/** The minimum time that a note is shown. */
const shownAtLeastMs = 2000

interface Entry {
  readonly retry: Retry
  readonly at: number
  readonly file: string | undefined
}

export class RetryNotes {
  #recent: Entry[] = []
  #shown: { readonly text: string; readonly at: number } | undefined

  /** @param file the file of the retry, if there are several */
  add(retry: Retry, now: number, file?: string): void {
    this.#recent.push({ retry, at: now, file })
    this.#forget(now)
  }

  /** The note as one line; `undefined` if no retry happened lately. */
  text(now: number): string | undefined {
    this.#forget(now)
    if (this.#shown !== undefined && now - this.#shown.at < shownAtLeastMs) return this.#shown.text
    const last = this.#recent.at(-1)
    if (last === undefined) {
      this.#shown = undefined
      return undefined
    }
    const alike = this.#recent.filter(({ retry }) => reasonOf(retry) === reasonOf(last.retry))
    const text = textOf(alike)
    if (text !== this.#shown?.text) this.#shown = { text, at: now }
    return text
  }

  #forget(now: number): void {
    this.#recent = this.#recent.filter(({ at }) => now - at < shownForMs)
  }
}

/** Groups retries by reason. The latest reason comes last. */
function textOf(entries: readonly Entry[]): string {
  const last = entries.at(-1)
  if (last === undefined) return ''
  const { attempt, attemptsMax } = last.retry
  const { what, isOne } = subjectOf(entries, last)
  const count = isOne ? ` (${attempt + 1} of ${attemptsMax})` : ''
  return `${what} again: ${printableLine(reasonOf(last.retry))}${count}`
}

function subjectOf(entries: readonly Entry[], { file, retry }: Entry) {
  if (file !== undefined) {
    const { size } = new Set(entries.map(entry => entry.file))
    return { what: size === 1 ? printableLine(file) : `${size} files`, isOne: size === 1 }
  }
  const numbers = new Set(entries.flatMap(entry => entry.retry.partNumber ?? []))
  const what = numbers.size === 0 ? retry.operation : partsText([...numbers])
  return { what, isOne: numbers.size <= 1 }
}

/** `part 17`, `parts 17, 18`, `parts 17, 18 and 3 others`. */
function partsText(numbers: readonly number[]): string {
  if (numbers.length === 1) return `part ${numbers[0]}`
  const inOrder = [...numbers].sort((a, b) => a - b)
  const others = inOrder.length - 3
  return others > 1
    ? `parts ${inOrder.slice(0, 2).join(', ')} and ${inOrder.length - 2} others`
    : `parts ${inOrder.join(', ')}`
}

/** A short reason. The full message also names the object and the request, which the view already shows. */
function reasonOf({ code, delayMs }: Retry): string {
  const pause = delayMs >= 5000 ? `, in ${formatDuration(Math.round(delayMs / 1000) * 1000)}` : ''
  return `${reasons[code] ?? `OSS said ${code}`}${pause}`
}

const slowDown = 'OSS asks to slow down'

const reasons: Readonly<Record<string, string>> = {
  CONNECT_FAILED: 'no connection',
  CONNECTION_LOST: 'connection lost',
  STALLED: 'no byte moved',
  BAD_ANSWER: 'the answer broke off',
  CHECKSUM_MISMATCH: 'OSS received other bytes',
  IncompleteBody: 'OSS received too few bytes',
  RequestTimeout: 'OSS waited too long for bytes',
  InternalError: 'an internal error of OSS',
  ServiceUnavailable: slowDown,
  DownloadTrafficRateLimitExceeded: slowDown,
  UploadTrafficRateLimitExceeded: slowDown,
  MetaOperationQpsLimitExceeded: slowDown,
  TotalQpsLimitExceeded: slowDown,
  ActiveRequestLimitExceeded: slowDown,
  CpuLimitExceeded: slowDown,
  RequestTimeTooSkewed: "this computer's clock is wrong, which is corrected",
  SecurityTokenExpired: 'the token expired and is replaced',
  InvalidSecurityToken: 'the token was refused and is replaced',
}
