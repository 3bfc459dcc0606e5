// A file of facts about stored objects. Each fact is 16 bytes: the start of its SHA-256. A torn or damaged record
// matches no fact, so it does no harm. New facts are appended without syncing. The file is rewritten when most of
// its facts are outdated.

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
/**
 * Facts are written in groups, because writing each would cost one write per file. A kill loses the facts
 * that are not written yet.
 */
const writeAfter = 64

/**
 * Reads the facts of earlier runs. If the file is unusable, each object is looked up again, and nothing else
 * happens. A file that another user may have written is neither read nor written.
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

/** The facts of a run without such a file. */
export const nothingKnown: KnownObjects = {
  has: () => false,
  add() {},
  close: async () => {},
}

class KnownObjectsFile implements KnownObjects {
  readonly #path: string
  readonly #trust: Trust
  readonly #known: Set<string>
  /** The number of records that the file had when it was opened. */
  readonly #before: number
  /** The facts that this run asked for or added. The others may concern files that no longer exist. */
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
    // A failed write does not fail the uploads: the next run looks those objects up again.
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
    // Two runs may append at the same time, and a kill may leave a partial record. So a new record must start at a
    // multiple of the record size.
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
