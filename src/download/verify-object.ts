// Compares local bytes with an object. Uses the CRC-64 that OSS keeps, so it need not read the object.

import { unlessAborted } from '../async/signals.ts'
import type { Bucket } from '../bucket/bucket.ts'
import { SourceError } from '../errors.ts'
import { crc64 } from '../hash/crc64.ts'
import {
  checkReadOptions,
  completeReadOptions,
  type VerifyOptions,
  verifyRules,
} from '../options/read-options.ts'
import type { ObjectHead } from '../oss/head-object.ts'
import type { Sink, Source, StreamSource } from '../ports.ts'
import { hashRanges } from '../source/hash-ranges.ts'
import { describeDifference, sameIdentity } from '../source/identity.ts'
import { readInto } from './download-object.ts'
import { lookAt, prepareReading, type Reading } from './reading.ts'

/** The result of a comparison. */
export interface Verification {
  readonly bucket: string
  readonly key: string
  /**
   * `unknown`: the sizes are equal, and OSS has no CRC-64 of the object. The option `download` reads the object
   * instead.
   */
  readonly outcome: 'equal' | 'differs' | 'unknown'
  /** The local source. */
  readonly local: Contents
  /** The object in OSS. */
  readonly object: Contents & {
    readonly etag: string
    /** Time of the last change, in epoch milliseconds. */
    readonly lastModified: number
    readonly versionId?: string
  }
}

/** Size and checksum of one side. */
export interface Contents {
  readonly size: number
  /** CRC-64 in decimal. Left out for a source whose size already differs, because the source is then not read. */
  readonly crc64?: string
}

/**
 * Compares a source with an object.
 * @param open opens the source. The source is closed at the end.
 * @throws {OptionError | SourceError | CredentialsError} before any request
 * @throws {SourceError} `SOURCE_CHANGED` if the source changed while it was read
 * @throws {NetworkError | OssError}; with `download` the errors of a download; the signal's reason
 */
export async function verifyFrom(
  bucket: Bucket,
  key: string,
  open: () => Promise<Source | StreamSource>,
  options: VerifyOptions,
): Promise<Verification> {
  const complete = completeReadOptions(checkReadOptions(verifyRules, options))
  const reading = await prepareReading(bucket, key, complete)
  const source = await open()
  try {
    reading.meter.phase('preparing')
    const head = await lookAt(reading)
    const local = await contentsOf(reading, source, head.size)
    const remote =
      complete.download && local.crc64 !== undefined
        ? String(await readInto(reading, head, nowhere))
        : head.crc64
    reading.meter.close(true)
    return compare(reading, local, head, remote)
  } finally {
    reading.meter.close(false)
    // The result is known here. A failure to close must not replace it, and a pipe that is slow to close must not
    // delay it.
    source.close().catch(() => {})
  }
}

interface Local {
  readonly size: number
  readonly crc64?: bigint
}

function compare(
  { bucket, key }: Reading,
  local: Local,
  { size, etag, lastModified, versionId }: ObjectHead,
  crc: string | undefined,
): Verification {
  const localCrc = local.crc64?.toString()
  const isSame = local.size === size && localCrc === crc
  const isKnown = local.size !== size || crc !== undefined
  return {
    bucket: bucket.name,
    key,
    outcome: !isKnown ? 'unknown' : isSame ? 'equal' : 'differs',
    local: { size: local.size, ...given(localCrc) },
    object: {
      size,
      ...given(crc),
      etag,
      lastModified,
      ...(versionId !== undefined && { versionId }),
    },
  }
}

function given(crc64: string | undefined): { crc64?: string } {
  return crc64 === undefined ? {} : { crc64 }
}

/** Hashes the source. Does not read a source whose size differs from the object's. */
async function contentsOf(
  reading: Reading,
  source: Source | StreamSource,
  objectSize: number,
): Promise<Local> {
  if (!('identity' in source)) return hashStream(reading, source)
  const { meter, signal } = reading
  const identity = await source.identity()
  const { size } = identity
  if (size !== objectSize) return { size }
  meter.expect(size)
  const whole = { position: 0, size }
  const crcs = await hashRanges(source, [whole], signal, bytes => meter.moved(bytes))
  const after = await source.identity()
  const crc = crcs.get(whole)
  if (crc !== undefined && sameIdentity(identity, after)) return { size, crc64: crc }
  throw new SourceError(
    'SOURCE_CHANGED',
    `${source.name} changed while it was read: ${describeDifference(identity, after)}`,
    { hint: 'Let the writer finish, then run it again' },
  )
}

const blockSize = 1024 * 1024

async function hashStream({ meter, signal }: Reading, stream: StreamSource): Promise<Local> {
  meter.expect(stream.size)
  // Allocates an ordinary buffer. A hashable buffer would be reused, and an aborted read may still write into it.
  const buffer = new Uint8Array(blockSize)
  let size = 0
  let crc = 0n
  for (;;) {
    // A read from a pipe without a writer never ends, so the signal must end the wait.
    const count = await unlessAborted(stream.read(buffer), signal)
    if (count === 0) return { size, crc64: crc }
    crc = crc64(buffer.subarray(0, count), crc)
    size += count
    meter.moved(count)
  }
}

/** A sink that drops the bytes, for reading an object only to hash it. */
const nowhere: Sink = {
  name: 'nowhere',
  isSeekable: true,
  begin: async () => {},
  write: async () => {},
  commit: async () => {},
  discard: async () => {},
}
