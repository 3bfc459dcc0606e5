// The open journal of one upload: its state, and a writer that puts records which arrive at the same time into one
// append. A record changes the state only after it was appended.

import type { Clock, Journal } from '../ports.ts'
import { decodeJournal, encodeRecords } from './codec.ts'
import {
  applyRecord,
  type CheckpointState,
  distrustParts,
  emptyState,
  foldRecords,
} from './fold.ts'
import type { JournalRecord } from './record.ts'

/** Records of parts are synced at most this long after they were appended, milliseconds. Contract, rule 6. */
const syncIntervalMs = 1000

export class Checkpoint {
  state: CheckpointState
  /** Lines of the journal that were damaged and skipped. */
  readonly damaged: number
  /** When this run opened the journal, epoch milliseconds. */
  readonly openedAt: number
  /** When the first run opened it, from sound records or, without them, from the store. */
  readonly startedAt: number | undefined
  /** For each nonce of this run: when its intent was recorded, by the monotonic clock. */
  readonly #recordedAt = new Map<string, number>()
  #journal: Journal | undefined
  #open: (() => Promise<Journal>) | undefined
  readonly #clock: Clock
  #pending: JournalRecord[] = []
  /** The append that will write the pending records; `undefined` if none is pending. */
  #next: Promise<void> | undefined
  /** Resolves when the last append has settled, and never rejects. */
  #last: Promise<void> = Promise.resolve()
  #dirty = false
  #torn: boolean
  #timer: AbortController | undefined

  /**
   * @param journal `undefined`: the state is kept in memory only
   * @param open opens a journal that does not exist yet, when the first record comes
   */
  constructor(
    journal: Journal | undefined,
    clock: Clock,
    location = '',
    open?: () => Promise<Journal>,
  ) {
    const decoded = decodeJournal(journal?.contents ?? new Uint8Array())
    this.#journal = journal
    this.#open = journal === undefined ? open : undefined
    this.#clock = clock
    this.#torn = decoded.torn
    this.damaged = decoded.damaged
    this.openedAt = clock.now()
    const [first] = momentsOf(decoded.records).sort((a, b) => a - b)
    this.startedAt = first ?? (decoded.damaged > 0 || decoded.torn ? journal?.bornAt : undefined)
    const state =
      decoded.records.length === 0 ? emptyState() : foldRecords(decoded.records, location)
    this.state = decoded.damaged > 0 ? distrustParts(state) : state
  }

  /** True if there is no upload and no pending abort. */
  get isEmpty(): boolean {
    const { begin, upload, aborting, intents } = this.state
    return begin === undefined && upload === undefined && aborting.size + intents.size === 0
  }

  /** When this run recorded the intent, by the monotonic clock; `undefined` if an earlier run recorded it. */
  recordedAt(nonce: string): number | undefined {
    return this.#recordedAt.get(nonce)
  }

  /** Appends records; when it resolves, they survive a kill of this process and are in `state`. */
  record(...records: JournalRecord[]): Promise<void> {
    for (const record of records) {
      if (record.t !== 'intent' || this.#recordedAt.has(record.nonce)) continue
      this.#recordedAt.set(record.nonce, this.#clock.monotonic())
    }
    this.#pending.push(...records)
    // Records that arrive while an append runs are written together by the next one.
    this.#next ??= this.#flush(this.#last)
    return this.#next
  }

  /** `record`, and then a sync: when it resolves, all records so far survive a power cut. */
  async recordAndSync(...records: JournalRecord[]): Promise<void> {
    await this.record(...records)
    await this.#sync()
  }

  /** Forgets an upload that has ended, but keeps its pending aborts. */
  async restart(): Promise<void> {
    const { begin, aborting, intents } = this.state
    const records: JournalRecord[] = begin === undefined ? [] : [begin]
    for (const [id, why] of aborting) records.push({ t: 'aborting', id, why })
    records.push(...intents.values())
    await this.#journal?.replace(encodeRecords(records))
    this.#torn = false
    this.state = foldRecords(records, '')
  }

  /** Removes the journal, when there is nothing to continue and nothing to clean up. */
  async remove(): Promise<void> {
    this.#timer?.abort()
    this.#dirty = false
    await this.#journal?.remove()
  }

  /** Closes the journal, which stays for the next run. */
  async close(): Promise<void> {
    this.#timer?.abort()
    try {
      if (this.#dirty) await this.#sync()
    } finally {
      await this.#journal?.close()
    }
  }

  async #flush(earlier: Promise<void>): Promise<void> {
    await earlier
    const records = this.#pending
    this.#pending = []
    this.#last = this.#next?.catch(() => {}) ?? this.#last
    this.#next = undefined
    if (this.#open !== undefined) {
      this.#journal = await this.#open()
      this.#open = undefined
    }
    if (this.#journal !== undefined) {
      const bytes = encodeRecords(records)
      const isTorn = this.#torn
      // After a failed append we do not know how much was written.
      this.#torn = true
      await this.#journal.append(isTorn ? withLineFeed(bytes) : bytes)
      this.#torn = false
    }
    for (const record of records) applyRecord(this.state, record)
    this.#dirty = true
    this.#syncSoon()
  }

  #syncSoon(): void {
    if (this.#timer !== undefined || this.#journal === undefined) return
    const timer = new AbortController()
    this.#timer = timer
    this.#clock
      .sleep(syncIntervalMs, timer.signal)
      .then(() => this.#sync())
      // A failed sync is reported later: the journal stays dirty, and the next sync or close fails.
      .catch(() => {})
      .finally(() => {
        if (this.#timer === timer) this.#timer = undefined
      })
  }

  async #sync(): Promise<void> {
    this.#timer?.abort()
    this.#timer = undefined
    this.#dirty = false
    try {
      await this.#journal?.sync()
    } catch (error) {
      this.#dirty = true
      throw error
    }
  }
}

function withLineFeed(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 1)
  whole[0] = 0x0a
  whole.set(bytes, 1)
  return whole
}

/** Times by this machine's clocks. */
function momentsOf(records: readonly JournalRecord[]): number[] {
  return records.flatMap(record =>
    record.t === 'begin' || record.t === 'source' || record.t === 'intent' ? [record.at] : [],
  )
}
