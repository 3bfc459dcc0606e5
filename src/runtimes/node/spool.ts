// A stream is written to a file first, and the file uploaded: it can be read again, so the upload goes on
// after any interruption without the stream, and 10,000 parts are enough whatever its length. Offered
// again, the stream is written anew, and what the file still has in common with what was sent is kept.

import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SourceError } from '../../errors.ts'
import { journalName } from '../../journal/name.ts'
import type { Source, StreamSource } from '../../ports.ts'
import { readBlock } from '../../source/block-reader.ts'
import { makeDirectory } from './durable-directory.ts'
import { openFileSource } from './file-source.ts'

const suffix = '.ossup-spool'
const blockSize = 1024 ** 2

export interface Spool {
  /** Made if it is not there, for this user alone. */
  readonly directory: string
  /** Where the object goes: a spool file is for one destination. */
  readonly place: string
  readonly key: string
  readonly expectedSize: number | undefined
  readonly signal: AbortSignal | undefined
}

/**
 * Writes the whole stream to a file, and opens that. The file takes its name only when it is whole.
 * @throws {SourceError} `SPOOL_FAILED`, `SOURCE_SIZE`, or `SOURCE_FAILED` with what the stream threw
 */
export async function spoolStream(stream: StreamSource, spool: Spool): Promise<Source> {
  const { key, signal = new AbortController().signal } = spool
  const directory = resolve(spool.directory)
  const path = join(directory, journalName(spool.place, key, 'spool:') + suffix)
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    await orSpoolFailed(directory, () => makeDirectory(directory))
    const file = await orSpoolFailed(directory, () => open(temporary, 'wx', 0o600))
    try {
      const buffer = new Uint8Array(blockSize)
      let size = 0
      for (;;) {
        const count = await readBlock(stream, buffer, signal).catch((error: unknown) => {
          signal.throwIfAborted()
          throw new SourceError('SOURCE_FAILED', `${stream.name} failed while it was read`, {
            key,
            cause: error,
            hint: 'Nothing was sent. Offer the stream again from its start',
          })
        })
        size += count
        await orSpoolFailed(directory, () => file.writeFile(buffer.subarray(0, count)))
        if (count < blockSize) break
      }
      checkSize(stream, spool, size)
      await orSpoolFailed(directory, () => file.sync())
    } finally {
      await file.close()
    }
    await orSpoolFailed(directory, () => rename(temporary, path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  } finally {
    // Whoever feeds it may be stuck.
    stream.close().catch(() => {})
  }
  return openFileSource(path)
}

/** Removes the file of a source, once its object is stored, if a stream was written to it. */
export async function removeSpool(sourceId: string): Promise<void> {
  if (sourceId.endsWith(suffix)) await rm(sourceId, { force: true }).catch(() => {})
}

function checkSize(
  { name, size: known }: StreamSource,
  { key, expectedSize }: Spool,
  size: number,
) {
  const expected = expectedSize ?? known
  if (expected === undefined || size === expected) return
  throw new SourceError('SOURCE_SIZE', `${name} ended after ${size} bytes, not ${expected}`, {
    key,
    hint: 'Nothing was sent. Offer the whole stream again',
  })
}

async function orSpoolFailed<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    throw new SourceError('SPOOL_FAILED', `The stream cannot be kept in ${directory} (${code})`, {
      hint: 'Choose another folder with `spoolDir` (--spool), or none: then it is sent while it is read',
      cause: error,
    })
  }
}
