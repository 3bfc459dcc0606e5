// Whether local bytes are those of an object: by the CRC-64 that OSS keeps of it, without reading it.

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

/** What a comparison came to. */
export interface Verification {
  readonly bucket: string
  readonly key: string
  /** `unknown`: of equal size, and OSS has no CRC-64 of the object; `download` reads it instead. */
  readonly outcome: 'equal' | 'differs' | 'unknown'
  /** The bytes of the source. */
  readonly local: Contents
  /** What OSS has. */
  readonly object: Contents & {
    readonly etag: string
    /** Epoch milliseconds. */
    readonly lastModified: number
    readonly versionId?: string
  }
}

/** What is known of the content of one side. */
export interface Contents {
  readonly size: number
  /** In decimal. Of a source it is left out where the sizes alone tell that it differs. */
  readonly crc64?: string
}

/**
 * Compares a source with an object.
 * @param open opens the source; it is closed at the end
 * @throws {OptionError | SourceError | CredentialsError} before any request
 * @throws {SourceError} `SOURCE_CHANGED` while it was read
 * @throws {NetworkError | OssError}; with `download` what a download throws; the signal's reason
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
    // What it came to is known by now: no failure to close takes its place, and no pipe keeps it waiting.
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

/** A source whose size tells enough is not read. */
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
  // Not one of those that are hashed in place: a read that was given up may still fill it.
  const buffer = new Uint8Array(blockSize)
  let size = 0
  let crc = 0n
  for (;;) {
    // A pipe that nobody writes into ends no read.
    const count = await unlessAborted(stream.read(buffer), signal)
    if (count === 0) return { size, crc64: crc }
    crc = crc64(buffer.subarray(0, count), crc)
    size += count
    meter.moved(count)
  }
}

/** For bytes that are only to be hashed. */
const nowhere: Sink = {
  name: 'nowhere',
  isSeekable: true,
  begin: async () => {},
  write: async () => {},
  commit: async () => {},
  discard: async () => {},
}
