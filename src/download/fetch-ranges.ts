// Reads a whole object in ranges, several at a time. Every request names the ETag, so that ranges of two
// objects never mix; one that breaks off goes on behind the last byte that is where it belongs. The
// ranges' CRC-64 values are combined in order: OSS tells only that of the whole.

import { linkedStop } from '../async/signals.ts'
import { IntegrityError, NetworkError, OssError, StateError } from '../errors.ts'
import { allocateHashable, crc64, crc64Combine, freeHashable } from '../hash/crc64.ts'
import { getObject, type ObjectContent } from '../oss/get-object.ts'
import type { ObjectHead } from '../oss/head-object.ts'
import type { Sink } from '../ports.ts'
import type { Reading } from './reading.ts'

/** Large enough that a request costs nothing beside it, small enough that all connections have work to the end. */
const rangeSize = 16 * 1024 ** 2
/** Bytes that are hashed and written at once. */
const blockSize = 256 * 1024

interface Range {
  readonly position: number
  readonly size: number
  /** Bytes that are in the sink. */
  done: number
  /** CRC-64 of these. */
  crc: bigint
}

/**
 * Reads the object into the sink.
 * @returns the CRC-64 of all bytes that came
 * @throws {StateError} `OBJECT_CHANGED`; what the sink throws; once nothing is under way any more
 */
export async function fetchRanges(reading: Reading, head: ObjectHead, sink: Sink): Promise<bigint> {
  const ranges = rangesOf(head.size)
  const waiting = ranges.values()
  const stop = linkedStop(reading.signal)
  const { signal } = stop
  const work = async () => {
    const buffer = allocateHashable(blockSize)
    try {
      // All workers take from the one iterator: each range goes to one of them.
      for (const range of waiting)
        await fetchRange({ ...reading, signal }, { head, range, sink, buffer })
    } catch (error) {
      stop.abort(error)
      throw error
    } finally {
      freeHashable(buffer)
    }
  }
  const count = sink.isSeekable ? reading.options.concurrency : 1
  await Promise.allSettled(Array.from({ length: Math.min(count, ranges.length) }, work))
  stop.leave()
  reading.signal.throwIfAborted()
  if (stop.signal.aborted) throw stop.signal.reason
  return ranges.reduce((crc, range) => crc64Combine(crc, range.crc, range.size), 0n)
}

/** @throws {IntegrityError} `CHECKSUM_MISMATCH` if what came is not what OSS has. */
export function checkWhole({ bucket, key }: Reading, head: ObjectHead, crc: bigint): void {
  if (head.crc64 === undefined || head.crc64 === String(crc)) return
  throw new IntegrityError(
    'CHECKSUM_MISMATCH',
    `The bytes that arrived have the CRC-64 ${crc}, the object has ${head.crc64}`,
    {
      operation: 'GetObject',
      bucket: bucket.name,
      key,
      retryable: true,
      hint: 'Do not use what arrived; run it again. If it persists, suspect memory, disk or a proxy',
    },
  )
}

function rangesOf(size: number): Range[] {
  const ranges: Range[] = []
  for (let position = 0; position < size; position += rangeSize) {
    ranges.push({ position, size: Math.min(rangeSize, size - position), done: 0, crc: 0n })
  }
  return ranges
}

interface Fetch {
  readonly head: ObjectHead
  readonly range: Range
  readonly sink: Sink
  readonly buffer: Uint8Array
}

async function fetchRange(reading: Reading, fetch: Fetch): Promise<void> {
  const { bucket, key, signal, requester } = reading
  const { head, range } = fetch
  const headers = { 'if-match': `"${head.etag}"` }
  try {
    // However often a line breaks, a download that gets on goes on.
    const get = { operation: 'GetObject', signal, progress: () => range.done }
    await requester.run(get, async call => {
      const left = { position: range.position + range.done, size: range.size - range.done }
      // All had come before an answer that went on too long was refused.
      if (left.size === 0) return
      const content = await getObject(bucket.client, { key, range: left, headers }, call)
      await receive(reading, fetch, content)
    })
  } catch (error) {
    const isGone = error instanceof OssError && goneCodes.has(error.code)
    throw isGone ? objectChanged(reading, error) : error
  }
}

const goneCodes = new Set(['PreconditionFailed', 'NoSuchKey'])

function objectChanged({ bucket, key }: Reading, cause: OssError): StateError {
  return new StateError('OBJECT_CHANGED', 'The object was replaced or deleted while it was read', {
    operation: 'GetObject',
    bucket: bucket.name,
    key,
    retryable: true,
    cause,
    hint: 'Run it again to read what is there now',
  })
}

/** Takes a body in. Each full buffer is written and hashed before more is taken. */
async function receive(
  { meter }: Reading,
  { range, sink, buffer }: Fetch,
  { body }: ObjectContent,
): Promise<void> {
  let filled = 0
  const flush = async () => {
    const bytes = buffer.subarray(0, filled)
    await sink.write(bytes, range.position + range.done)
    range.crc = crc64(bytes, range.crc)
    range.done += filled
    meter.moved(filled)
    filled = 0
  }
  try {
    for await (const chunk of body) {
      if (range.done + filled + chunk.length > range.size) throw wrongLength('more', range)
      for (let at = 0; at < chunk.length; ) {
        const count = Math.min(chunk.length - at, buffer.length - filled)
        buffer.set(chunk.subarray(at, at + count), filled)
        at += count
        filled += count
        if (filled === buffer.length) await flush()
      }
    }
  } catch (error) {
    // What came before the line broke need not come again; it may have been all.
    const isBroken = error instanceof NetworkError && error.code !== 'BAD_ANSWER'
    if (isBroken && filled > 0) await flush()
    if (!isBroken || range.done < range.size) throw error
  }
  if (filled > 0) await flush()
  if (range.done < range.size) throw wrongLength('fewer', range)
}

function wrongLength(what: 'more' | 'fewer', { size }: Range): NetworkError {
  return new NetworkError('BAD_ANSWER', `OSS sent ${what} bytes than the ${size} of the range`, {
    sent: 'maybe',
  })
}
