// One download: reads the object's properties, reads its ranges into a sink, compares the CRC-64, and closes the
// sink.

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

/** The result of a download. */
export interface DownloadResult {
  readonly bucket: string
  readonly key: string
  /** The path of the downloaded file. */
  readonly target: string
  readonly size: number
  /** The ETag, without quotes. */
  readonly etag: string
  /** CRC-64 of the bytes that arrived, in decimal. */
  readonly crc64: string
  /** `none`: OSS has no CRC-64 of the object, so only the length was compared. */
  readonly verified: 'crc64' | 'none'
  /** The time when the object was stored, epoch milliseconds. */
  readonly lastModified: number
  readonly contentType?: string
  readonly versionId?: string
  /** Number of requests that had to be repeated. */
  readonly retries: number
}

/**
 * Downloads an object into a sink. Reads ranges of one version of the object, several at a time, and compares them
 * with OSS's CRC-64 before it commits the sink.
 *
 * @param open opens the sink. At the end, the sink is committed or discarded.
 * @throws {OptionError | TargetError | CredentialsError} before any request
 * @throws {NetworkError | OssError | StateError | IntegrityError | TargetError} after the sink was discarded
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
    // Reports the first error. A failure to discard the sink would hide its cause.
    await sink.discard().catch(() => {})
    throw error
  } finally {
    meter.close(false)
  }
}

/** Reads the object's bytes into a sink and compares their CRC-64 with OSS's. */
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
