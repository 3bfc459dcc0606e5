// The report of a batch: the outcome of each file, one JSON object per line. The file is only appended to, so no
// outcome is lost however the command ends, and a later run adds its own lines.

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
   * @param stop is aborted when the report cannot be written: an incomplete report is worse than a stopped
   * batch
   * @throws {JournalError} `LEDGER_UNWRITABLE`
   */
  constructor(path: string, stop: AbortController) {
    this.#path = path
    this.#stop = stop
    try {
      this.#file = openSync(path, 'a+', 0o600)
      // Writing to a pipe without a reader would block the whole process, even its signal handlers.
      const stats = fstatSync(this.#file)
      if (stats.isFIFO() || stats.isSocket()) throw aPipe(path)
      if (!endsWithLine(this.#file)) writeWholeSync(this.#file, '\n')
    } catch (error) {
      throw error instanceof JournalError ? error : unwritable(path, error)
    }
  }

  /** Writes the outcome of one file. */
  file(bucket: string, outcome: FileOutcome): void {
    this.write(outcome.outcome, { bucket, ...outcomeFields(outcome) })
  }

  write(type: string, fields: object): void {
    if (this.#stop.signal.aborted) return
    const { size } = fstatSync(this.#file)
    try {
      // Each outcome is written at once and in one piece, so a killed process has reported every finished file.
      const line = { v: jsonVersion, type, at: Date.now(), ...fields }
      writeWholeSync(this.#file, `${JSON.stringify(line)}\n`)
    } catch (error) {
      this.#takeBack(size)
      this.#stop.abort(unwritable(this.#path, error, true))
    }
  }

  /** Writes the last line of this run and closes the file. */
  end(type: string, fields: object): void {
    this.write(type, fields)
    try {
      fsyncSync(this.#file)
    } catch (error) {
      this.#stop.abort(unwritable(this.#path, error, true))
    }
    closeSync(this.#file)
  }

  /** Removes a partial line, which a full disk leaves behind. */
  #takeBack(size: number): void {
    try {
      ftruncateSync(this.#file, size)
    } catch {
      // If the partial line cannot be removed, the next run ends it with a line break.
    }
  }
}

/** False if a killed run left a partial line. */
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

/** @param isBegun true if the report was open already, so files may have been uploaded */
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
