// The sources that a caller on Node.js can pass, and how each kind is opened.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { processWide } from '../../../async/process-wide.ts'
import { OptionError } from '../../../errors.ts'
import { bytesOf } from '../../../foreign/bytes.ts'
import { codeOf } from '../../../foreign/error.ts'
import {
  isAsyncIterable,
  isBlob,
  isFetchMessage,
  isUrl,
  isWebStream,
} from '../../../foreign/web.ts'
import type { Source, StreamSource } from '../../../ports.ts'
import { blobSource } from '../../../source/blob-source.ts'
import { bytesSource } from '../../../source/bytes-source.ts'
import { type ByteStream, iterablePieces, streamSource } from '../../../source/stream-source.ts'
import { webStreamPieces } from '../../../source/web-stream.ts'
import { shown } from '../../../text/shown.ts'
import { openFileSource } from './file-source.ts'
import { HeldStream, isNodeStream, refuseUsed, refuseUsedWeb, unreadOf } from './node-stream.ts'
import { openPipe } from './open-pipe.ts'

/**
 * What can be uploaded: a file's path or `file:` URL, bytes in memory, a Blob or File, or a stream of Node.js
 * or the web, whose length may be unknown. A path of a pipe, or of a file that does not report its size (such
 * as those below /proc), is read as a stream.
 */
export type UploadSource = string | URL | ArrayBufferView | ArrayBuffer | Blob | ByteStream

/** A source that a caller has passed and that is not open yet. */
interface HeldSource {
  /**
   * @throws {OptionError} `INVALID_SOURCE`
   * @throws {SourceError} `SOURCE_MISSING`, `SOURCE_NOT_A_FILE` or `SOURCE_UNREADABLE`.
   */
  open(): Promise<Source | StreamSource>
  /** Tells the producer of a stream that no more of its bytes will be read. */
  discard(): Promise<void>
}

/**
 * Holds a source for the time of one call. If the call fails, at any point, its stream is closed. The stream
 * then holds no descriptor, and its error does not end the process.
 */
export async function withSource<Result>(
  source: UploadSource,
  use: (open: HeldSource['open']) => Promise<Result>,
): Promise<Result> {
  const held = hold(source)
  try {
    return await use(held.open)
  } catch (error) {
    // The producer may never answer, so the call does not wait for it.
    held.discard().catch(() => {})
    throw error
  }
}

/** Opens a source. The caller must close it. */
export async function openSource(source: UploadSource): Promise<Source | StreamSource> {
  return hold(source).open()
}

/** The id of a source. No file is opened and no stream is read. */
export async function sourceIdOf(source: UploadSource): Promise<string> {
  if (typeof source === 'string' || isUrl(source)) return resolve(pathOf(source))
  if (isNodeStream(source) || isWebStream(source) || isAsyncIterable(source)) return 'stream:'
  return (await openSource(source)).id
}

function hold(source: UploadSource): HeldSource {
  const bytes = bytesOf(source)
  if (bytes !== undefined) return nothingHeld(async () => bytesSource(bytes))
  if (isNodeStream(source)) return holdNodeStream(source)
  if (isWebStream(source)) return holdWebStream(source)
  if (isBlob(source)) return nothingHeld(async () => blobSource(source))
  if (isFetchMessage(source)) return nothingHeld(async () => Promise.reject(messageNotBody()))
  if (isAsyncIterable(source)) return holdIterable(source)
  return nothingHeld(() => openPath(pathOf(source)))
}

function nothingHeld(open: HeldSource['open']): HeldSource {
  return { open, discard: async () => {} }
}

function holdNodeStream(stream: Parameters<typeof refuseUsed>[0]): HeldSource {
  const isAgain = takenBefore(stream)
  const held = new HeldStream(stream)
  return {
    async open() {
      if (isAgain) throw handedOver()
      refuseUsed(stream)
      return streamSource(held, { unread: () => unreadOf(stream) })
    },
    // The stream is not closed here if another call reads it.
    discard: async () => (isAgain ? undefined : held.close()),
  }
}

function holdWebStream(stream: ReadableStream<unknown>): HeldSource {
  const isAgain = takenBefore(stream)
  let opened: StreamSource | undefined
  return {
    async open() {
      if (isAgain) throw handedOver()
      refuseUsedWeb(stream)
      opened = streamSource(webStreamPieces(stream))
      return opened
    },
    async discard() {
      if (opened !== undefined) await opened.close()
      else if (!isAgain && !stream.locked) await stream.cancel()
    },
  }
}

function holdIterable(iterable: AsyncIterable<unknown>): HeldSource {
  // A generator gives its chunks once. An object that creates a new iterator each time can be read again.
  const isOnce = 'next' in iterable
  const isAgain = isOnce && takenBefore(iterable)
  let opened: StreamSource | undefined
  return {
    async open() {
      if (isAgain) throw handedOver()
      opened = streamSource(iterablePieces(iterable))
      return opened
    },
    async discard() {
      if (opened !== undefined) await opened.close()
      else if (isOnce && !isAgain) await iterablePieces(iterable).close()
    },
  }
}

/** The streams that a call has already used as its source. */
const taken = processWide('streams.1', () => new WeakSet<object>())

/**
 * Marks a stream as used, at once: a second call must neither read it nor close it, at any later moment. A stream gives
 * its bytes once, so two readers would each get some of them and store two wrong objects.
 * @returns true if another call has it
 */
function takenBefore(stream: object): boolean {
  if (taken.has(stream)) return true
  taken.add(stream)
  return false
}

function handedOver(): OptionError {
  return new OptionError('INVALID_SOURCE', 'The source is a stream that was handed over before', {
    hint: 'A stream gives its bytes once: make a new one for each upload',
  })
}

function messageNotBody(): OptionError {
  return new OptionError('INVALID_SOURCE', 'The source is a Request or Response, not its body', {
    hint: 'Give its body: response.body',
  })
}

async function openPath(path: string): Promise<Source | StreamSource> {
  const kind = await unseekable(path)
  // A pipe is not opened here, because opening and closing it would break it for its writer.
  if (kind === 'pipe') return ownStream(openPipe(path), path)
  if (kind === 'device') return ownStream(createReadStream(path), path)
  try {
    return await openFileSource(path)
  } catch (error) {
    if (!(await hidesItsSize(path, error))) throw error
    return ownStream(createReadStream(path), path)
  }
}

function ownStream(stream: ReturnType<typeof openPipe>, name: string): StreamSource {
  return streamSource(new HeldStream(stream), { name })
}

/** The path of a source or a target. */
export function pathOf(source: unknown, role: 'source' | 'target' = 'source'): string {
  if (isUrl(source) && source.protocol === 'file:') return fileURLToPath(source.href)
  if (typeof source === 'string' && source !== '') {
    if (!source.includes('\0')) return source
    // No path contains NUL, and Node.js would repeat the whole string in its message.
    throw invalid(role, `a string of ${source.length} characters with a NUL in it`)
  }
  throw invalid(role, source === '' ? 'empty' : isUrl(source) ? shown(source.href) : shown(source))
}

function invalid(role: 'source' | 'target', what: string): OptionError {
  return new OptionError(
    role === 'source' ? 'INVALID_SOURCE' : 'INVALID_TARGET',
    `The ${role} is ${what}`,
    {
      hint:
        role === 'source'
          ? 'Allowed: the path of a file, bytes, a Blob or a stream. A string is a path; for content give new TextEncoder().encode(text)'
          : 'Allowed: the path of a file or folder, or a sink',
    },
  )
}

async function unseekable(path: string): Promise<'pipe' | 'device' | undefined> {
  try {
    const stats = await stat(path)
    if (stats.isFIFO()) return 'pipe'
    return stats.isCharacterDevice() ? 'device' : undefined
  } catch {
    // Opening the path reports the reason.
    return undefined
  }
}

/** True if the path was refused as a file but can be read as a stream. */
async function hidesItsSize(path: string, error: unknown): Promise<boolean> {
  if (codeOf(error) !== 'SOURCE_NOT_A_FILE') return false
  const stats = await stat(path).catch(() => undefined)
  return stats?.isFile() === true && stats.size === 0
}
