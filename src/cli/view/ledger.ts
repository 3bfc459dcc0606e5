// The outcome of each file of a batch, one JSON object per line. The file only grows: nothing is lost however the command
// ends, and a later run appends to it.

import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { codeOf } from '../../foreign/error.ts'
import { type FileOutcome, JournalError } from '../../runtimes/node/index.ts'
import { writeWholeSync } from '../../runtimes/node/platform/write-whole.ts'
import { outcomeFields } from '../errors/outcome-fields.ts'
import { jsonVersion } from '../output/screen.ts'

export class Ledger {
  readonly #path: string
  readonly #stop: AbortController
  readonly #file: number

  /**
   * @param stop aborted when the ledger cannot be kept: who asks for one wants it whole
   * @throws {JournalError} `LEDGER_UNWRITABLE`
   */
  constructor(path: string, stop: AbortController) {
    this.#path = path
    this.#stop = stop
    try {
      this.#file = openSync(path, 'a+', 0o600)
      // A pipe without a reader would block everything, signals included.
      const stats = fstatSync(this.#file)
      if (stats.isFIFO() || stats.isSocket()) throw aPipe(path)
      if (!endsWithLine(this.#file)) writeWholeSync(this.#file, '\n')
    } catch (error) {
      throw error instanceof JournalError ? error : unwritable(path, error)
    }
  }

  /** A file's end. */
  file(bucket: string, outcome: FileOutcome): void {
    this.write(outcome.outcome, { bucket, ...outcomeFields(outcome) })
  }

  write(type: string, fields: object): void {
    if (this.#stop.signal.aborted) return
    const { size } = fstatSync(this.#file)
    try {
      // At once and in one piece: nothing that is done is missing after a kill.
      const line = { v: jsonVersion, type, at: Date.now(), ...fields }
      writeWholeSync(this.#file, `${JSON.stringify(line)}\n`)
    } catch (error) {
      this.#takeBack(size)
      this.#stop.abort(unwritable(this.#path, error, true))
    }
  }

  /** The last line of this run. */
  end(type: string, fields: object): void {
    this.write(type, fields)
    try {
      fsyncSync(this.#file)
    } catch (error) {
      this.#stop.abort(unwritable(this.#path, error, true))
    }
    closeSync(this.#file)
  }

  /** Half a line, as a full disk leaves it, is no line. */
  #takeBack(size: number): void {
    try {
      ftruncateSync(this.#file, size)
    } catch {
      // The next run ends it with a line break.
    }
  }
}

/** A run that was killed may have left half a line. */
function endsWithLine(file: number): boolean {
  const stats = fstatSync(file)
  if (!stats.isFile() || stats.size === 0) return true
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, stats.size - 1)
  return last.toString() === '\n'
}

function aPipe(path: string): JournalError {
  return new JournalError('LEDGER_UNWRITABLE', `The ledger ${path} is a pipe`, {
    hint: 'Name a file; for a program that reads along there is --json',
  })
}

/** @param isBegun the ledger was open, so files may have been uploaded */
function unwritable(path: string, cause: unknown, isBegun = false): JournalError {
  const code = codeOf(cause)
  const why = code === undefined ? '' : ` (${code})`
  const hint = hints[code ?? ''] ?? 'Make room or choose another file with --ledger'
  return new JournalError('LEDGER_UNWRITABLE', `The ledger ${path} cannot be written${why}`, {
    hint: isBegun ? `${hint}; uploaded files are not sent again` : hint,
    resumable: isBegun,
    cause,
  })
}

const hints: Readonly<Record<string, string>> = {
  EISDIR: 'It is a folder: name a file with --ledger',
  ENOENT: 'Its folder does not exist: make it, or choose another file with --ledger',
  ENOTDIR: 'Its folder does not exist: make it, or choose another file with --ledger',
  EACCES: 'Grant this user the right to write it, or choose another file with --ledger',
  EROFS: 'The file system is read-only: choose another file with --ledger',
}
