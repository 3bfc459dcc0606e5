// The disk that journals are kept on. A kill leaves what was appended; a power cut leaves what was synced
// and, of the rest, anything: all of it, a torn end, or later bytes behind a hole.

import { JournalError } from '../../src/errors.ts'
import { lockLost, UploadBusyError } from '../../src/journal/ownership.ts'
import type { Journal, JournalStore } from '../../src/ports.ts'
import { concat } from './observed-store.ts'
import type { Dice } from './random.ts'

/** A file's bytes as a list of appends. An owner can still write to the file after its name was removed. */
interface DiskFile {
  chunks: Uint8Array[]
  /** How many of them a power cut leaves for certain. */
  synced: number
  owner: object | undefined
}

export interface DiskEvents {
  onAppend(owner: object, bytes: Uint8Array): void
  onSync(owner: object): void
  onReplace(owner: object, bytes: Uint8Array): void
  onRemove(owner: object): void
}

export class SimulatedDisk {
  readonly #files = new Map<string, DiskFile>()
  readonly #dice: Dice
  readonly #lock: 'sound' | 'broken' | 'stolen'
  /** Appends fail from now on. */
  isFull = false
  /** Reading and syncing fail. */
  isFailing = false

  constructor(dice: Dice, lock: 'sound' | 'broken' | 'stolen') {
    this.#dice = dice
    this.#lock = lock
  }

  /** The store as one process sees it. */
  storeFor(owner: object, events: DiskEvents): JournalStore {
    return {
      location: 'disk',
      open: async name => this.#open(name, owner, events),
      list: async () => this.names(),
      read: async name => {
        if (this.isFailing) throw unreadable()
        const file = this.#files.get(name)
        return file === undefined || file.chunks.length === 0 ? undefined : concat(file.chunks)
      },
    }
  }

  names(): string[] {
    return [...this.#files].filter(([, { chunks }]) => chunks.length > 0).map(([name]) => name)
  }

  contents(name: string): Uint8Array {
    return concat(this.#files.get(name)?.chunks ?? [])
  }

  /** A person moves a journal away. */
  discard(name: string): void {
    this.#files.delete(name)
  }

  /** The owner is dead; its locks are seen to be. */
  release(owner: object): void {
    for (const [name, file] of this.#files) {
      if (file.owner === owner) file.owner = undefined
      if (file.owner === undefined && file.chunks.length === 0) this.#files.delete(name)
    }
  }

  /** The machine loses power: what was not synced is up to chance. */
  cutPower(): void {
    const dice = this.#dice
    for (const [name, file] of this.#files) {
      const kept = file.chunks.slice(0, file.synced)
      const kind = dice.pick(['all', 'none', 'some', 'torn', 'hole'])
      for (const chunk of file.chunks.slice(file.synced)) {
        if (kind === 'none' || (kind === 'some' && dice.chance(0.5))) break
        if (kind === 'hole' && dice.chance(0.5)) kept.push(new Uint8Array(chunk.length))
        else kept.push(chunk)
        if (kind !== 'torn' || dice.chance(0.5)) continue
        kept.push(chunk.slice(0, dice.whole(0, chunk.length)))
        break
      }
      file.chunks = kept
      file.synced = kept.length
      if (kept.length === 0) this.#files.delete(name)
    }
  }

  #open(name: string, owner: object, events: DiskEvents): Journal {
    if (this.isFailing) throw unreadable()
    let file = this.#files.get(name) ?? { chunks: [], synced: 0, owner: undefined }
    if (file.owner !== undefined && this.#lock === 'sound') throw new UploadBusyError({ pid: 1 })
    this.#files.set(name, file)
    file.owner = owner
    const contents = concat(file.chunks)
    const check = () => {
      if (file.owner !== owner && this.#lock === 'stolen') throw lockLost()
    }
    const replace = (bytes: Uint8Array) => {
      check()
      const chunks = bytes.length === 0 ? [] : [bytes.slice()]
      file = { chunks, synced: chunks.length, owner: file.owner }
      if (bytes.length === 0 && this.#lock === 'broken') this.#files.delete(name)
      else this.#files.set(name, file)
    }
    return {
      contents,
      append: async bytes => {
        check()
        if (this.isFull) throw full()
        file.chunks.push(bytes.slice())
        events.onAppend(owner, bytes)
      },
      sync: async () => {
        check()
        if (this.isFailing) throw unwritable()
        file.synced = file.chunks.length
        events.onSync(owner)
      },
      replace: async bytes => {
        if (this.isFull) throw full()
        replace(bytes)
        events.onReplace(owner, bytes)
      },
      remove: async () => {
        replace(new Uint8Array())
        events.onRemove(owner)
      },
      close: async () => this.release(owner),
    }
  }
}

function full(): JournalError {
  return new JournalError('JOURNAL_FULL', 'There is no room on the simulated disk', {
    resumable: true,
  })
}

function unreadable(): JournalError {
  return new JournalError('JOURNAL_UNREADABLE', 'The simulated disk cannot be read')
}

function unwritable(): JournalError {
  return new JournalError('JOURNAL_UNWRITABLE', 'The simulated disk cannot be written', {
    resumable: true,
  })
}
