import { OptionError } from '../errors.ts'
import { badAnswer, readInteger } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'
import { type ObjectHead, objectHead } from './head-object.ts'
import type { OpenAnswer } from './whole-answer.ts'

/** A range of an object. */
export interface ByteRange {
  /** First byte, from 0. */
  readonly position: number
  /** Bytes, at least 1. @default all from `position` on */
  readonly size?: number | undefined
}

/** The object and range to read. */
export interface GetObjectRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
  /** The range to read. @default the whole object */
  readonly range?: ByteRange
  /** Further headers of the request, names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An object whose body can be read. */
export interface ObjectContent extends ObjectHead {
  /** The HTTP status: 200, or 206 for a range. */
  readonly status: number
  /** The body. Read it to its end, or leave the loop early (`break`), so that the connection is released. */
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Reads an object or a range of it. If the range reaches beyond the end, the bytes up to the end are read. If it
 * starts beyond the end, it rejects with `InvalidRange`. `size` and `crc64` are those of the whole object.
 */
export async function getObject(
  client: OssClient,
  request: GetObjectRequest,
  call?: CallOptions,
): Promise<ObjectContent> {
  const { key, range, headers } = request
  const answer = await client.open(
    {
      operation: 'GetObject',
      method: 'GET',
      key,
      // Without this, OSS may compress the body, and send neither its length nor the ETag.
      headers: { ...headers, 'accept-encoding': 'identity', ...(range && rangeHeaders(range)) },
    },
    call,
  )
  try {
    const size = range === undefined ? wholeSize(answer) : rangedSize(answer, range)
    return { ...objectHead(answer, size), status: answer.status, body: answer.body }
  } catch (error) {
    await close(answer.body)
    throw error
  }
}

function rangeHeaders({ position, size }: ByteRange): Record<string, string> {
  const isValid = Number.isSafeInteger(position) && position >= 0
  if (!isValid || (size !== undefined && !(Number.isSafeInteger(size) && size > 0))) {
    throw new OptionError('INVALID_RANGE', `range is ${position}, ${size} bytes`, {
      hint: 'Allowed: a position from 0 and a size from 1, in whole bytes',
    })
  }
  const end = size === undefined ? '' : position + size - 1
  // Without `standard`, OSS answers a range that does not fit with the whole object.
  return { range: `bytes=${position}-${end}`, 'x-oss-range-behavior': 'standard' }
}

function wholeSize(answer: OpenAnswer): number {
  if (answer.status !== 200) throw badAnswer(answer, `the status is ${answer.status}`)
  return readInteger(answer, 'Content-Length', answer.headers['content-length'])
}

function rangedSize(answer: OpenAnswer, { position, size }: ByteRange): number {
  const text = answer.headers['content-range'] ?? 'missing'
  const [, first, last, total] = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(text) ?? []
  const end = size === undefined ? Number(total) : Math.min(position + size, Number(total))
  const isAsked = Number(first) === position && Number(last) === end - 1
  if (answer.status !== 206 || !isAsked) {
    throw badAnswer(answer, `the range came with status ${answer.status}, Content-Range ${text}`)
  }
  return Number(total)
}

/** Closes a body that will not be read. */
async function close(body: AsyncIterable<Uint8Array>): Promise<void> {
  await body[Symbol.asyncIterator]().return?.()
}
