// One upload's journal in use: what was read, and a writer that groups records which come at the
// same time into one append. A record is part of the state only once it is appended.

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

/** Part records reach the disk at the latest this long after they were appended. Contract, rule 6. */
const syncIntervalMs = 1000

export class Checkpoint {
  state: CheckpointState
  /** Lines of the journal that were damaged and skipped. */
  readonly damaged: number
  /** When this run began to use the journal, epoch milliseconds. */
  readonly openedAt: number
  /** When the first run did, as far as sound records tell, or else the store. */
  readonly begunAt: number | undefined
  /** Intents of this run by their nonces: when they were recorded, by the clock that never steps. */
  readonly #recordedAt = new Map<string, number>()
  #journal: Journal | undefined
  #open: (() => Promise<Journal>) | undefined
  readonly #clock: Clock
  #pending: JournalRecord[] = []
  /** The append that takes what is pending; `undefined` if nothing is. */
  #next: Promise<void> | undefined
  /** Settles with the append before it, and never rejects. */
  #last: Promise<void> = Promise.resolve()
  #dirty = false
  #torn: boolean
  #timer: AbortController | undefined

  /**
   * @param journal `undefined` keeps the state in memory only
   * @param open opens the journal that is not there yet, as soon as there is something to record
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
    this.begunAt = first ?? (decoded.damaged > 0 || decoded.torn ? journal?.bornAt : undefined)
    const state =
      decoded.records.length === 0 ? emptyState() : foldRecords(decoded.records, location)
    this.state = decoded.damaged > 0 ? distrustParts(state) : state
  }

  /** Nothing is known of any upload, nor owed. */
  get isEmpty(): boolean {
    const { begin, upload, aborting, intents } = this.state
    return begin === undefined && upload === undefined && aborting.size + intents.size === 0
  }

  /** When this run recorded the intent, by the monotonic clock; `undefined` if an earlier one did. */
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
    // Whoever comes while an append is under way joins the next one.
    this.#next ??= this.#flush(this.#last)
    return this.#next
  }

  /** `record`, and then everything recorded so far survives a power cut. */
  async recordAndSync(...records: JournalRecord[]): Promise<void> {
    await this.record(...records)
    await this.#sync()
  }

  /** Forgets an upload that has ended, but not what is still owed to OSS for it. */
  async restart(): Promise<void> {
    const { begin, aborting, intents } = this.state
    const records: JournalRecord[] = begin === undefined ? [] : [begin]
    for (const [id, why] of aborting) records.push({ t: 'aborting', id, why })
    records.push(...intents.values())
    await this.#journal?.replace(encodeRecords(records))
    this.#torn = false
    this.state = foldRecords(records, '')
  }

  /** Removes the journal: nothing is left to continue or to clean up. */
  async remove(): Promise<void> {
    this.#timer?.abort()
    this.#dirty = false
    await this.#journal?.remove()
  }

  /** Ends the use of the journal, which stays for the next run. */
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
      // Of an append that failed nobody knows how much was written.
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
      // A failed sync is not lost: the journal stays dirty and the next sync, or close, reports it.
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

/** Moments by this machine's clock. */
function momentsOf(records: readonly JournalRecord[]): number[] {
  return records.flatMap(record =>
    record.t === 'begin' || record.t === 'source' || record.t === 'intent' ? [record.at] : [],
  )
}
