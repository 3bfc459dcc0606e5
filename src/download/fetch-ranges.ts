// Reads a whole object in ranges, several at a time. Every request names the ETag, so ranges of two versions of the
// object never mix. If a connection breaks, its range continues after the last byte that the sink has. OSS sends the
// CRC-64 of the whole object only, so the CRC-64 values of the ranges are combined in order.

import { linkedStop } from '../async/signals.ts'
import { IntegrityError, NetworkError, OssError, StateError } from '../errors.ts'
import { allocateHashable, crc64, crc64Combine, freeHashable } from '../hash/crc64.ts'
import { getObject, type ObjectContent } from '../oss/get-object.ts'
import type { ObjectHead } from '../oss/head-object.ts'
import type { Sink } from '../ports.ts'
import type { Reading } from './reading.ts'

/**
 * Large enough that the cost of one request does not matter. Small enough that all connections have work until the
 * end.
 */
const rangeSize = 16 * 1024 ** 2
/** Number of bytes that are hashed and written at once. */
const blockSize = 256 * 1024

interface Range {
  readonly position: number
  readonly size: number
  /** Number of bytes of this range that were written to the sink. */
  done: number
  /** CRC-64 of the written bytes. */
  crc: bigint
}

/**
 * Reads the object into the sink. Settles after all requests have ended.
 * @returns the CRC-64 of all bytes that arrived
 * @throws {StateError} `OBJECT_CHANGED`; any error of the sink
 */
export async function fetchRanges(reading: Reading, head: ObjectHead, sink: Sink): Promise<bigint> {
  const ranges = rangesOf(head.size)
  const waiting = ranges.values()
  const stop = linkedStop(reading.signal)
  const { signal } = stop
  const work = async () => {
    const buffer = allocateHashable(blockSize)
    try {
      // All workers take ranges from one iterator, so each range goes to one worker.
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

/**
 * Compares the CRC-64 of the bytes that arrived with the object's.
 * @throws {IntegrityError} `CHECKSUM_MISMATCH` if they differ
 */
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
    // The count of attempts restarts whenever `progress` grows, so a download that makes progress does not fail.
    const get = { operation: 'GetObject', signal, progress: () => range.done }
    await requester.run(get, async call => {
      const left = { position: range.position + range.done, size: range.size - range.done }
      // The last answer had more bytes than the range. All bytes of the range had arrived before that answer was
      // refused, so the range is complete.
      if (left.size === 0) return
      const content = await getObject(bucket.client, { key, range: left, headers }, call)
      await receive(reading, fetch, content)
    })
  } catch (error) {
    const isDetached = error instanceof OssError && goneCodes.has(error.code)
    throw isDetached ? objectChanged(reading, error) : error
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
    hint: 'Run it again to read the new object',
  })
}

/** Reads a body into the sink. Writes and hashes each full buffer before it takes more bytes. */
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
    // Keeps the bytes that arrived before the connection broke. They may be all bytes of the range.
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
