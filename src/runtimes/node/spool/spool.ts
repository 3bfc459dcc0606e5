// Writes a stream to a file first, and uploads the file. A file can be read again, so the upload can resume without
// the stream, and 10,000 parts are enough for any length. If the caller passes the stream again, it is written
// again, and confirmed parts with the same content are kept.

import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isOssupError, SourceError } from '../../../errors.ts'
import { codeInBrackets, codeOf, messageOf } from '../../../foreign/error.ts'
import { journalName } from '../../../journal/name.ts'
import type { Source, StreamSource } from '../../../ports.ts'
import { readBlock } from '../../../source/block-reader.ts'
import { openFileSource } from '../files/file-source.ts'
import { removeStale, temporaryName } from '../files/stale-files.ts'
import { untrustedHint } from '../journal/journal-fault.ts'
import { nodeClock } from '../platform/clock.ts'
import { descriptorsHint, isOutOfDescriptors, withDescriptor } from '../platform/descriptors.ts'
import { makeDirectory } from '../platform/durable-directory.ts'
import type { FileLock } from '../platform/file-lock.ts'
import { checkFolder, isUntrusted, lookTrusted, type Trust } from '../platform/trusted-file.ts'
import { lockSpool, type SpoolWaiting } from './spool-lock.ts'

const suffix = '.ossup-spool'
/** The name of a spool file. */
export const spoolPattern = /^[0-9a-f]{40}\.ossup-spool$/
/**
 * All unfinished spool files of a folder have this name as their target, so leftovers of a killed process are
 * found even if their key was another.
 */
export const unfinishedSpool = 'ossup-spool'
const blockSize = 1024 ** 2
const reportEveryMs = 500

export interface Spool {
  /** The spool folder. It is created if it does not exist, for this user only. */
  readonly directory: string
  /** The destination of the object. A spool file belongs to one destination. */
  readonly place: string
  readonly key: string
  readonly expectedSize: number | undefined
  readonly signal: AbortSignal | undefined
  /** Called from time to time with the number of written bytes, and at the end. */
  readonly onWritten?: (bytes: number, isWhole: boolean) => void
  /** What to do if another upload has the file. */
  readonly waiting: SpoolWaiting
  /** Whether to trust a folder that other users can write. */
  readonly trust: Trust
}

/** A spool file, together with its lock. */
export interface HeldSpool {
  readonly source: Source
  /** Releases the lock. The file is kept only if an upload can resume from it. */
  end(keep: boolean): Promise<void>
}

/**
 * Writes the whole stream to a file, and opens that file. The file gets its name when it is complete.
 * @throws {SourceError} `SPOOL_FAILED`, `SOURCE_SIZE`, or `SOURCE_FAILED` with the stream's error
 * @throws {UploadBusyError} while another process writes or uploads the file; no byte of the stream was read
 */
export async function spoolStream(stream: StreamSource, spool: Spool): Promise<HeldSpool> {
  const directory = resolve(spool.directory)
  const name = journalName(spool.place, spool.key, 'spool:') + suffix
  const path = join(directory, name)
  let lock: FileLock | undefined
  try {
    await orSpoolFailed(directory, () => makeDirectory(directory))
    await orSpoolFailed(directory, () => checkFolder(directory, spool.trust))
    lock = await orSpoolFailed(directory, () => lockSpool(directory, name, spool.waiting))
    await write(stream, spool, path)
    return held(await openFileSource(path), path, lock)
  } catch (error) {
    await lock?.release()
    throw error
  } finally {
    // The producer of the stream may never answer.
    stream.close().catch(() => {})
  }
}

/**
 * Opens the source of a checkpoint again, if it is an existing spool file.
 * @returns `undefined` for any other source
 * @throws {UploadBusyError} while another process writes or uploads it
 * @throws {SourceError} `SPOOL_UNTRUSTED` if another user may have written it
 */
export async function reopenSpool(sourceId: string, trust: Trust): Promise<HeldSpool | undefined> {
  const name = basename(sourceId)
  if (!spoolPattern.test(name)) return undefined
  await orSpoolFailed(dirname(sourceId), async () => {
    await checkFolder(dirname(sourceId), trust)
    await lookTrusted(sourceId, trust)
  })
  const source = await openFileSource(sourceId)
  try {
    const lock = await lockSpool(dirname(sourceId), name, { waits: false })
    return held(source, sourceId, lock)
  } catch (error) {
    await source.close()
    throw error
  }
}

function held(source: Source, path: string, lock: FileLock): HeldSpool {
  return {
    source,
    async end(keep) {
      if (!keep) await rm(path, { force: true }).catch(() => {})
      await lock.release().catch(() => {})
    },
  }
}

async function write(stream: StreamSource, spool: Spool, path: string): Promise<void> {
  const { key, signal = new AbortController().signal } = spool
  const directory = dirname(path)
  // Leftovers in a folder that can be written but not listed cannot be found.
  await removeStale(directory, unfinishedSpool).catch(() => {})
  const { name, release } = await temporaryName(unfinishedSpool)
  const temporary = join(directory, name)
  try {
    const file = await orSpoolFailed(directory, () =>
      withDescriptor(() => open(temporary, 'wx', 0o600)),
    )
    try {
      const buffer = new Uint8Array(blockSize)
      let size = 0
      let reportedAt = Number.NEGATIVE_INFINITY
      for (;;) {
        const count = await readBlock(stream, buffer, signal).catch((error: unknown) => {
          signal.throwIfAborted()
          if (isOssupError(error)) throw error
          throw new SourceError(
            'SOURCE_FAILED',
            `${stream.name} failed while it was read${codeInBrackets(error)}`,
            {
              key,
              cause: error,
              hint: 'Nothing was sent. Offer the stream again from its start',
            },
          )
        })
        size += count
        const isEnd = count < blockSize
        // Checked while writing, so that a stream that is too long does not fill the disk.
        checkSize(stream, spool, size, isEnd)
        await orSpoolFailed(directory, () => file.writeFile(buffer.subarray(0, count)))
        if (isEnd) break
        const now = nodeClock.monotonic()
        if (now - reportedAt < reportEveryMs) continue
        reportedAt = now
        spool.onWritten?.(size, false)
      }
      await orSpoolFailed(directory, () => file.sync())
      spool.onWritten?.(size, true)
    } finally {
      await file.close()
    }
    await orSpoolFailed(directory, () => rename(temporary, path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  } finally {
    release()
  }
}

function checkSize(
  { name, size: known }: StreamSource,
  { key, expectedSize }: Spool,
  size: number,
  isEnd: boolean,
) {
  const expected = expectedSize ?? known
  if (expected === undefined || (isEnd ? size === expected : size <= expected)) return
  const what =
    size > expected
      ? `has more than ${expected} bytes`
      : `ended after ${size} bytes, not ${expected}`
  throw new SourceError('SOURCE_SIZE', `${name} ${what}`, {
    key,
    hint: 'Nothing was sent. Offer the whole stream again',
  })
}

async function orSpoolFailed<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (isOssupError(error)) throw error
    if (isUntrusted(error)) {
      throw new SourceError('SPOOL_UNTRUSTED', `${error.path} ${error.why}: it is not used`, {
        hint: untrustedHint(error),
        cause: error,
      })
    }
    const code = codeOf(error) ?? messageOf(error)
    throw new SourceError('SPOOL_FAILED', `The stream cannot be kept in ${directory} (${code})`, {
      hint: isOutOfDescriptors(error)
        ? descriptorsHint
        : nameOf =>
            `Choose another folder with ${nameOf('spoolDir')}, or none: then it is sent while it is read`,
      cause: error,
    })
  }
}
