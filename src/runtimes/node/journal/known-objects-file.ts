// What is known to be stored, in a file of 16 bytes for each fact: the beginning of its SHA-256. A
// record that is torn or damaged is the hash of nothing, so it can only be of no use. It is appended
// to, without syncing, and written anew when most of it does not hold any more.

import { hash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { KnownObjects } from '../../../batch/known-objects.ts'
import { makeDirectory } from '../platform/durable-directory.ts'
import {
  checkFolder,
  isUntrusted,
  openTrusted,
  readTrusted,
  type Trust,
} from '../platform/trusted-file.ts'

const recordSize = 16
/** A fact that is written late is lost if the process is killed; one at a time would cost a write for each file. */
const writeAfter = 64

/**
 * Reads what earlier runs knew. Whatever is wrong with the file costs a look at each object, no more. A file
 * that another user may have written is neither read nor written.
 */
export async function openKnownObjects(path: string, trust: Trust): Promise<KnownObjects> {
  try {
    await checkFolder(dirname(path), trust)
    return new KnownObjectsFile(path, await readRecords(path, trust), trust)
  } catch (error) {
    if (isUntrusted(error)) return nothingKnown
    throw error
  }
}

/** For a run that has no such file. */
export const nothingKnown: KnownObjects = {
  has: () => false,
  add() {},
  close: async () => {},
}

class KnownObjectsFile implements KnownObjects {
  readonly #path: string
  readonly #trust: Trust
  readonly #known: Set<string>
  /** How many records the file has that were there before. */
  readonly #before: number
  /** Those that were asked for or added: the others may be of files that are gone. */
  readonly #used = new Set<string>()
  #unwritten: string[] = []
  #writing: Promise<void> = Promise.resolve()

  constructor(path: string, known: Set<string>, trust: Trust) {
    this.#path = path
    this.#trust = trust
    this.#known = known
    this.#before = known.size
  }

  has(fact: string): boolean {
    const record = recordOf(fact)
    if (!this.#known.has(record)) return false
    this.#used.add(record)
    return true
  }

  add(fact: string): void {
    const record = recordOf(fact)
    this.#used.add(record)
    if (this.#known.has(record)) return
    this.#known.add(record)
    this.#unwritten.push(record)
    if (this.#unwritten.length >= writeAfter) this.#flush()
  }

  async close(isWhole: boolean): Promise<void> {
    this.#flush()
    await this.#writing
    const isMostlyStale = this.#before > 2 * this.#used.size
    if (isWhole && isMostlyStale) await this.#rewrite().catch(() => {})
  }

  #flush(): void {
    const records = this.#unwritten
    if (records.length === 0) return
    this.#unwritten = []
    // The next run looks up again what could not be written: no reason for the uploads to fail.
    this.#writing = this.#writing
      .then(() => append(this.#path, records, this.#trust))
      .catch(() => {})
  }

  async #rewrite(): Promise<void> {
    const temporary = `${this.#path}.${randomBytes(8).toString('hex')}.tmp`
    try {
      await writeFile(temporary, bytesOf([...this.#used]), { mode: 0o600, flag: 'wx' })
      await rename(temporary, this.#path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }
}

function recordOf(fact: string): string {
  return hash('sha256', fact, 'buffer').toString('latin1', 0, recordSize)
}

async function append(path: string, records: readonly string[], trust: Trust): Promise<void> {
  await makeDirectory(dirname(path))
  const { O_WRONLY, O_APPEND, O_CREAT } = constants
  const file = await openTrusted(path, O_WRONLY | O_APPEND | O_CREAT, trust)
  try {
    // Two runs at once append whole records, or one of them is cut off by a kill: what follows a torn
    // one has to begin at a record's place.
    const { size } = await file.stat()
    const torn = size % recordSize
    const filler = torn === 0 ? '' : '\0'.repeat(recordSize - torn)
    await file.appendFile(bytesOf([filler, ...records]))
  } finally {
    await file.close()
  }
}

async function readRecords(path: string, trust: Trust): Promise<Set<string>> {
  const records = new Set<string>()
  try {
    const text = (await readTrusted(path, trust))?.toString('latin1') ?? ''
    for (let at = 0; at + recordSize <= text.length; at += recordSize) {
      records.add(text.slice(at, at + recordSize))
    }
  } catch (error) {
    if (isUntrusted(error)) throw error
    return new Set()
  }
  return records
}

function bytesOf(records: readonly string[]): Buffer {
  return Buffer.from(records.join(''), 'latin1')
}
