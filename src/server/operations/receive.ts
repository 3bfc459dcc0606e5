// Receives a request's body into the store, and counts and hashes it on the way. If the body ends early or differs
// from its headers, or if the caller throws later, the bytes are removed.

import { createHash } from 'node:crypto'
import { crc64 } from '../../hash/crc64.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { BrokenBody, type ServerRequest } from '../http/http.ts'
import type { Context } from '../request/context.ts'
import type { Segment } from '../store/records.ts'

/** Maximum size of a part, or of an object sent in one request, in bytes: 5 GB. */
export const bodySizeMax = 5 * 1024 ** 3

export interface Received {
  readonly segments: readonly Segment[]
  readonly size: number
  /** MD5 in upper-case hex, the form of an ETag. */
  readonly etag: string
  /** MD5 in base64. */
  readonly md5: string
  /** CRC-64 as a decimal number. */
  readonly crc64: string
}

/**
 * Receives the body and passes it to `use`. If `use` throws, the bytes are dropped.
 * @throws {OssFault} MissingContentLength, InvalidDigest, InvalidCRC64, IncompleteBody, RequestTimeout
 */
export async function receive<Result>(
  context: Context,
  use: (received: Received) => Promise<Result>,
): Promise<Result> {
  const { request } = context
  checkAnnouncement(request)
  const writer = context.store.createBlob()
  try {
    const received = await write(request, writer)
    checkDigests(request, received)
    return await use({ ...received, segments: await writer.finish() })
  } catch (error) {
    await writer.discard()
    throw error
  }
}

async function write(
  request: ServerRequest,
  writer: { write(chunk: Uint8Array): Promise<void> },
): Promise<Omit<Received, 'segments'>> {
  const hash = createHash('md5')
  let crc = 0n
  let size = 0
  try {
    for await (const chunk of request.body) {
      size += chunk.length
      if (size > bodySizeMax) throw new OssFault('EntityTooLarge')
      const written = writer.write(chunk)
      hash.update(chunk)
      crc = crc64(chunk, crc)
      await written
    }
  } catch (error) {
    throw bodyFault(error)
  }
  if (request.bodySize !== undefined && size !== request.bodySize) {
    throw new OssFault('IncompleteBody')
  }
  const digest = hash.digest()
  return {
    size,
    etag: digest.toString('hex').toUpperCase(),
    md5: digest.toString('base64'),
    crc64: crc.toString(),
  }
}

/** Reads a whole small body. */
export async function readBody(request: ServerRequest, sizeMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const tooLarge = () =>
    new OssFault('MalformedXML', { message: `The body is larger than ${sizeMax} bytes.` })
  if ((request.bodySize ?? 0) > sizeMax) throw tooLarge()
  try {
    for await (const chunk of request.body) {
      size += chunk.length
      if (size > sizeMax) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    throw bodyFault(error)
  }
  if (request.bodySize !== undefined && size !== request.bodySize) {
    throw new OssFault('IncompleteBody')
  }
  const bytes = Buffer.concat(chunks)
  checkDocumentMd5(request, createHash('md5').update(bytes).digest())
  return bytes
}

/**
 * The official C SDK sends a Content-MD5 of 20 bytes with a document. Its first 16 bytes are the MD5, and OSS accepts
 * it.
 */
function checkDocumentMd5(request: ServerRequest, digest: Buffer): void {
  const given = request.headers['content-md5']
  if (given === undefined) return
  const bytes = Buffer.from(given, 'base64')
  const isWhole = bytes.toString('base64') === given && [16, 20].includes(bytes.length)
  if (!isWhole || !bytes.subarray(0, 16).equals(digest)) throw new OssFault('InvalidDigest')
}

function checkAnnouncement(request: ServerRequest): void {
  const isChunked = request.headers['transfer-encoding']?.toLowerCase().endsWith('chunked')
  if (request.bodySize === undefined && !isChunked) throw new OssFault('MissingContentLength')
  if ((request.bodySize ?? 0) > bodySizeMax) {
    throw invalidArgument('Content-Length', String(request.bodySize), 'At most 5 GB at once.')
  }
  announcedMd5(request)
}

/** Reads Content-MD5, if given: Base64 of 16 bytes. */
function announcedMd5(request: ServerRequest): string | undefined {
  const md5 = request.headers['content-md5']
  if (md5 === undefined) return undefined
  if (!/^[A-Za-z0-9+/]{22}==$/.test(md5)) {
    throw new OssFault('InvalidDigest', { message: 'Content-MD5 is not Base64 of 16 bytes.' })
  }
  return md5
}

function checkDigests(request: ServerRequest, received: Omit<Received, 'segments'>): void {
  const md5 = announcedMd5(request)
  if (md5 !== undefined && md5 !== received.md5) throw new OssFault('InvalidDigest')
  const crc = request.headers['x-oss-hash-crc64ecma']
  if (crc !== undefined && crc !== received.crc64) throw new OssFault('InvalidCRC64')
}

function bodyFault(error: unknown): unknown {
  if (!(error instanceof BrokenBody)) return error
  return new OssFault(error.reason === 'stalled' ? 'RequestTimeout' : 'IncompleteBody')
}
