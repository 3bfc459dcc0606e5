// Journals in memory: for tests, for the simulation, and for programs that resume only while they run. `crash`
// simulates a kill or a power cut.

import type { Journal, JournalLook, JournalStore } from '../ports.ts'
import { checkJournalName } from './journal-name.ts'
import { journalClosed, lockLost, UploadBusyError } from './ownership.ts'

interface Stored {
  bytes: Uint8Array
  /** How many of these bytes survive a power cut. */
  synced: number
  owner: MemoryJournal | undefined
}

/** @param keep how many of a journal's unsynced last bytes survive: all after a kill, fewer after a power cut */
export type Crash = (keep?: (name: string, unsynced: number) => number) => void

/** Keeps journals in memory: for tests, and for uploads that need not survive the process. */
export class MemoryJournalStore implements JournalStore {
  readonly location = 'memory'
  readonly #journals = new Map<string, Stored>()

  async open(name: string): Promise<Journal> {
    checkJournalName(name)
    const stored = this.#journals.get(name) ?? {
      bytes: new Uint8Array(),
      synced: 0,
      owner: undefined,
    }
    if (stored.owner !== undefined) throw new UploadBusyError({})
    this.#journals.set(name, stored)
    const journal = new MemoryJournal(stored, () => this.#forgetIfEmpty(name, stored))
    stored.owner = journal
    return journal
  }

  async list(): Promise<string[]> {
    return [...this.#journals].filter(([, { bytes }]) => bytes.length > 0).map(([name]) => name)
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    checkJournalName(name)
    const bytes = this.#journals.get(name)?.bytes
    return bytes === undefined || bytes.length === 0 ? undefined : bytes.slice()
  }

  async look(name: string): Promise<JournalLook> {
    return this.#journals.get(name)?.owner === undefined ? {} : { owner: { isCertain: true } }
  }

  /** Ends all owners at once. Their journals reject from now on; new owners may open them. */
  crash: Crash = (keep = (_name, unsynced) => unsynced) => {
    for (const [name, stored] of this.#journals) {
      stored.owner = undefined
      const kept = stored.synced + keep(name, stored.bytes.length - stored.synced)
      stored.bytes = stored.bytes.slice(0, kept)
      stored.synced = kept
      this.#forgetIfEmpty(name, stored)
    }
  }

  #forgetIfEmpty(name: string, stored: Stored): void {
    if (stored.bytes.length === 0 && stored.owner === undefined) this.#journals.delete(name)
  }
}

class MemoryJournal implements Journal {
  readonly contents: Uint8Array
  readonly #stored: Stored
  readonly #onClose: () => void
  #closed = false

  constructor(stored: Stored, onClose: () => void) {
    this.contents = stored.bytes.slice()
    this.#stored = stored
    this.#onClose = onClose
  }

  async append(bytes: Uint8Array): Promise<void> {
    const stored = this.#owned()
    const grown = new Uint8Array(stored.bytes.length + bytes.length)
    grown.set(stored.bytes)
    grown.set(bytes, stored.bytes.length)
    stored.bytes = grown
  }

  async sync(): Promise<void> {
    const stored = this.#owned()
    stored.synced = stored.bytes.length
  }

  async replace(contents: Uint8Array): Promise<void> {
    const stored = this.#owned()
    stored.bytes = contents.slice()
    stored.synced = contents.length
  }

  async remove(): Promise<void> {
    await this.replace(new Uint8Array())
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#stored.owner !== this) return
    this.#stored.owner = undefined
    this.#onClose()
  }

  #owned(): Stored {
    if (this.#closed) throw journalClosed()
    if (this.#stored.owner !== this) throw lockLost()
    return this.#stored
  }
}
