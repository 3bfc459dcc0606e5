// Compressed answers (3.3): OSS compresses types of text for clients that accept gzip.

import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'

const types = new Set([
  'text/cache-manifest',
  'text/xml',
  'text/plain',
  'text/css',
  'text/json',
  'application/javascript',
  'application/x-javascript',
  'application/rss+xml',
  'application/json',
])
const sizeMin = 1024

type Headers = Readonly<Record<string, string>>

/** Whether a whole object goes out compressed. What was stored with an encoding of its own does not. */
export function isCompressed(accepted: string | undefined, answer: Headers): boolean {
  const type = answer['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return (
    acceptsGzip(accepted ?? '') &&
    types.has(type) &&
    Number(answer['content-length']) >= sizeMin &&
    answer['content-encoding'] === undefined
  )
}

/** Without the headers that are true of the object's own bytes only. The length is known when all is sent. */
export function compressedHeaders(answer: Headers): Record<string, string> {
  const { etag: _, 'content-md5': __, 'content-length': ___, ...others } = answer
  return { ...others, 'content-encoding': 'gzip', vary: 'Accept-Encoding' }
}

/** Closes its source when the reader stops, even before it began. */
export function compress(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  return {
    [Symbol.asyncIterator]() {
      const packed = pipeline(
        Readable.from({ [Symbol.asyncIterator]: () => chunks }),
        createGzip(),
        () => {},
      )
      const output: AsyncIterator<Uint8Array> = packed[Symbol.asyncIterator]()
      return {
        next: () => output.next(),
        async return() {
          packed.destroy()
          await chunks.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

function acceptsGzip(accepted: string): boolean {
  return accepted
    .toLowerCase()
    .split(',')
    .some(coding => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/.test(coding))
}
