// A file whose every content is remembered with the moments at which it had it. Edits are synchronous calls of
// this process, so that no content is missed.

import { performance } from 'node:perf_hooks'

/** Content that the file had. Moments are milliseconds of `performance.now()`. */
export interface Version {
  readonly number: number
  /** `undefined`: it is missing or cannot be read. */
  readonly bytes: Buffer | undefined
  readonly from: number
  until: number
}

export class WatchedFile {
  readonly path: string
  readonly versions: Version[] = []
  /** When something of it changed: its content, or only its times or its inode. */
  readonly changes: number[] = []

  constructor(path: string) {
    this.path = path
  }

  /** `undefined` while it is missing. */
  get content(): Buffer | undefined {
    return this.versions.at(-1)?.bytes
  }

  /** Runs one system call, or several that only this process can tell apart, after which it has these bytes. */
  change(bytes: Buffer | undefined, action: () => void): void {
    const from = performance.now()
    action()
    const before = this.versions.at(-1)
    if (before !== undefined) before.until = performance.now()
    this.changes.push(performance.now())
    const number = this.versions.length + 1
    this.versions.push({ number, bytes, from, until: Number.POSITIVE_INFINITY })
  }

  /** Those that it had at some moment of that time. */
  during(from: number, to: number): readonly Version[] {
    return this.versions.filter(version => version.from <= to && version.until >= from)
  }

  changesDuring(from: number, to: number): number {
    return this.changes.filter(moment => moment >= from && moment <= to).length
  }
}
