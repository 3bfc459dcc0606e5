// Stores bytes in files, one file for each received body. The server chooses the names, never a client. A blob is
// valid once the log has a line that refers to it, and that line is written after the blob is synced. The next start
// removes files without such a line, so a blob needs no temporary name.

import { close, constants, fdatasync, open, read, writev } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Blobs } from '../store/catalog-store.ts'
import { cutSegments } from '../store/segments.ts'
import type { BlobWriter } from '../store/store.ts'
import { isBlobName } from './change-shape.ts'
import { noFollow } from './private-file.ts'

const files = {
  open: promisify(open),
  close: promisify(close),
  datasync: promisify(fdatasync),
  writev: promisify(writev),
  read: promisify(read),
}

/** Number of bytes collected before they are written to the disk. */
const writeSize = 1024 * 1024
const readSize = 256 * 1024

export interface FileBlobsOptions {
  readonly directory: string
  /** A prefix that makes the names of this start different from the names of all other starts. */
  readonly prefix: string
  readonly isSynced: boolean
  /** Called when the directory has a new file. */
  readonly onCreated: () => void
}

export function createFileBlobs(options: FileBlobsOptions): Blobs {
  const { directory } = options
  let count = 0
  return {
    create: () => new FileBlobWriter(`${options.prefix}-${(count++).toString(36)}`, options),
    async *read(segments, start, end) {
      for (const { blob, offset, size } of cutSegments(segments, start, end)) {
        yield* readFile(blobPath(directory, blob), offset, size)
      }
    },
    async remove(blobs) {
      for (const blob of blobs.filter(isBlobName)) {
        await rm(blobPath(directory, blob), { force: true }).catch(() => {})
      }
    },
  }
}

class FileBlobWriter implements BlobWriter {
  readonly #name: string
  readonly #path: string
  readonly #options: FileBlobsOptions
  #file: number | undefined
  #size = 0
  #pending: Uint8Array[] = []
  #pendingSize = 0
  /** The write in progress. Only one runs at a time, while the next bytes are collected and hashed. */
  #writing: Promise<void> = Promise.resolve()

  constructor(name: string, options: FileBlobsOptions) {
    this.#name = name
    this.#path = blobPath(options.directory, name)
    this.#options = options
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#pending.push(chunk)
    this.#pendingSize += chunk.length
    if (this.#pendingSize < writeSize) return
    await this.#writing
    this.#writing = this.#flush()
    // The next write or the end reports the failure. This handler only prevents an unhandled rejection until then.
    this.#writing.catch(() => {})
  }

  async finish() {
    await this.#writing
    await this.#flush()
    if (this.#file === undefined) return []
    if (this.#options.isSynced) await files.datasync(this.#file)
    await this.#close()
    return [{ blob: this.#name, offset: 0, size: this.#size }]
  }

  async discard(): Promise<void> {
    this.#pending = []
    await this.#writing.catch(() => {})
    await this.#close().catch(() => {})
    await rm(this.#path, { force: true }).catch(() => {})
  }

  async #flush(): Promise<void> {
    let chunks = this.#pending
    this.#pending = []
    this.#pendingSize = 0
    if (chunks.length === 0) return
    if (this.#file === undefined) {
      this.#file = await files.open(this.#path, 'wx', 0o600)
      this.#options.onCreated()
    }
    while (chunks.length > 0) {
      const { bytesWritten } = await files.writev(this.#file, chunks, this.#size)
      this.#size += bytesWritten
      chunks = skip(chunks, bytesWritten)
    }
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    if (file !== undefined) await files.close(file)
  }
}

/** Returns the path of a blob. It is always directly in the folder of blobs. */
function blobPath(directory: string, blob: string): string {
  if (!isBlobName(blob)) throw new Error(`${JSON.stringify(blob)} is not the name of a blob`)
  return join(directory, blob)
}

function skip(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count
  const rest: Uint8Array[] = []
  for (const chunk of chunks) {
    if (left < chunk.length) rest.push(left === 0 ? chunk : chunk.subarray(left))
    left = Math.max(left - chunk.length, 0)
  }
  return rest
}

async function* readFile(path: string, offset: number, size: number) {
  const file = await files.open(path, constants.O_RDONLY | noFollow)
  try {
    for (let done = 0; done < size; ) {
      const buffer = Buffer.allocUnsafe(Math.min(readSize, size - done))
      const { bytesRead } = await files.read(file, buffer, 0, buffer.length, offset + done)
      if (bytesRead === 0) throw new Error(`${path} is shorter than its record says`)
      done += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await files.close(file)
  }
}
