// What a caller on Node.js may hand over as a source, and how each is opened.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { OptionError } from '../../../errors.ts'
import type { Source, StreamSource } from '../../../ports.ts'
import { blobSource } from '../../../source/blob-source.ts'
import { bytesSource } from '../../../source/bytes-source.ts'
import { type ByteStream, streamSource } from '../../../source/stream-source.ts'
import { openFileSource } from './file-source.ts'
import { openPipe } from './open-pipe.ts'

/**
 * What can be uploaded: a file's path or `file:` URL; bytes in memory; a Blob or File; or a stream,
 * Node's or the web's, whose length need not be known. A path that leads to a pipe or to a file
 * that does not tell its size (as those below /proc) is read as a stream.
 */
export type UploadSource = string | URL | Uint8Array | Blob | ByteStream

/**
 * @throws {OptionError} `INVALID_SOURCE`
 * @throws {SourceError} `SOURCE_MISSING`, `SOURCE_NOT_A_FILE` or `SOURCE_UNREADABLE`.
 */
export async function openSource(source: UploadSource): Promise<Source | StreamSource> {
  if (source instanceof Uint8Array) return bytesSource(source)
  if (source instanceof Blob) return blobSource(source)
  if (source instanceof Readable) {
    take(source)
    return nodeStreamSource(source)
  }
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) {
    if (source instanceof ReadableStream || 'next' in source) take(source)
    return streamSource(source)
  }
  const path = pathOf(source)
  const kind = await unseekable(path)
  // Opening a pipe to have a look would break it for whoever writes into it.
  if (kind === 'pipe') return nodeStreamSource(openPipe(path), path)
  if (kind === 'device') return streamOf(path)
  try {
    return await openFileSource(path)
  } catch (error) {
    if (!(await hidesItsSize(path, error))) throw error
    return streamOf(path)
  }
}

/** Streams that were handed over. */
const taken = new WeakSet<object>()

/**
 * A stream gives its bytes once: two that read it would get some of them each, and store two wrong objects.
 * @throws {OptionError} `INVALID_SOURCE`
 */
function take(stream: object): void {
  const isLocked = stream instanceof ReadableStream && stream.locked
  if (taken.has(stream) || isLocked) {
    throw new OptionError(
      'INVALID_SOURCE',
      isLocked
        ? 'The source is a stream that somebody else reads'
        : 'The source is a stream that was handed over before',
      { hint: 'A stream gives its bytes once: make a new one for each upload' },
    )
  }
  taken.add(stream)
}

function streamOf(path: string): StreamSource {
  return nodeStreamSource(createReadStream(path), path)
}

/** A stream that is silent is closed all the same: an iterator would wait for its next piece first. */
function nodeStreamSource(stream: Readable, name?: string): StreamSource {
  expectError(stream)
  return {
    ...streamSource(stream as AsyncIterable<Uint8Array | string>, undefined, name),
    close: async () => {
      stream.destroy()
    },
  }
}

/**
 * A stream that fails before it is first read would end the process: nobody listens yet. Its error is
 * not lost: whoever reads it gets it.
 */
export function expectError(source: unknown): void {
  if (source instanceof Readable) source.on('error', () => {})
}

/** The path that a source, or a target, stands for. */
export function pathOf(source: unknown, role: 'source' | 'target' = 'source'): string {
  if (source instanceof URL && source.protocol === 'file:') return fileURLToPath(source)
  if (typeof source === 'string' && source !== '') return source
  throw new OptionError(
    role === 'source' ? 'INVALID_SOURCE' : 'INVALID_TARGET',
    `The ${role} is ${source === '' ? 'empty' : String(source)}`,
    {
      hint:
        role === 'source'
          ? 'Allowed: the path of a file, bytes, a Blob or a stream'
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
    // What is wrong with it is said when it is opened.
    return undefined
  }
}

/** True if the path was refused as a file but can be read from start to end. */
async function hidesItsSize(path: string, error: unknown): Promise<boolean> {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'SOURCE_NOT_A_FILE') {
    return false
  }
  const stats = await stat(path)
  return stats.isFile() && stats.size === 0
}
