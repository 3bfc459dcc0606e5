// One download: what OSS knows of the object, its ranges into a sink, the comparison, the end.

import type { Bucket } from '../bucket/bucket.ts'
import {
  checkReadOptions,
  completeReadOptions,
  type ReadOptions,
  readRules,
} from '../options/read-options.ts'
import type { ObjectHead } from '../oss/head-object.ts'
import type { Sink } from '../ports.ts'
import { checkWhole, fetchRanges } from './fetch-ranges.ts'
import { lookAt, prepareReading, type Reading } from './reading.ts'

/** What a download came to. */
export interface DownloadResult {
  readonly bucket: string
  readonly key: string
  /** Where it is now: the path of a file. */
  readonly target: string
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  /** CRC-64 of the bytes that came, in decimal. */
  readonly crc64: string
  /** `none`: OSS has no CRC-64 of the object, so only its length is known to be right. */
  readonly verified: 'crc64' | 'none'
  /** When the object was stored, epoch milliseconds. */
  readonly lastModified: number
  readonly contentType?: string
  readonly versionId?: string
  /** Requests that had to be repeated. */
  readonly retries: number
}

/**
 * Reads an object into a sink. It comes in ranges of one and the same object, several at a time, and is
 * compared with OSS's CRC-64 before the sink is told that it is whole.
 *
 * @param open opens the sink; it is told of the end, good or bad
 * @throws {OptionError | TargetError | CredentialsError} before any request
 * @throws {NetworkError | OssError | StateError | IntegrityError | TargetError} nothing is left behind
 * @throws the signal's reason, once the download has stopped
 */
export async function downloadTo(
  bucket: Bucket,
  key: string,
  open: () => Promise<Sink>,
  options: ReadOptions,
): Promise<DownloadResult> {
  const reading = await prepareReading(
    bucket,
    key,
    completeReadOptions(checkReadOptions(readRules, options)),
  )
  const { meter } = reading
  const sink = await open()
  try {
    meter.phase('preparing')
    const head = await lookAt(reading)
    const crc = await readInto(reading, head, sink)
    meter.phase('finishing')
    await sink.commit()
    meter.close(true)
    return resultOf(reading, head, crc, sink)
  } catch (error) {
    // What went wrong is known; what cannot be tidied up is no better reason.
    await sink.discard().catch(() => {})
    throw error
  } finally {
    meter.close(false)
  }
}

/** Reads the object's bytes into a sink and compares them with what OSS knows. */
export async function readInto(reading: Reading, head: ObjectHead, sink: Sink): Promise<bigint> {
  const { size, contentType } = head
  await sink.begin({ size, ...(contentType !== undefined && { contentType }) })
  reading.meter.expect(size)
  const crc = await fetchRanges(reading, head, sink)
  checkWhole(reading, head, crc)
  return crc
}

function resultOf(
  { bucket, key, meter }: Reading,
  head: ObjectHead,
  crc: bigint,
  sink: Sink,
): DownloadResult {
  const { size, etag, lastModified, contentType, versionId } = head
  return {
    bucket: bucket.name,
    key,
    target: sink.name,
    size,
    etag,
    crc64: crc.toString(),
    verified: head.crc64 === undefined ? 'none' : 'crc64',
    lastModified,
    ...(contentType !== undefined && { contentType }),
    ...(versionId !== undefined && { versionId }),
    retries: meter.retries,
  }
}
