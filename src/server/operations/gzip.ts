// Compressed answers (3.3): OSS compresses text types for clients that accept gzip.

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

/** Returns whether a whole object is sent compressed. An object that was stored with a Content-Encoding is not. */
export function isCompressed(accepted: string | undefined, answer: Headers): boolean {
  const type = answer['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return (
    acceptsGzip(accepted ?? '') &&
    types.has(type) &&
    Number(answer['content-length']) >= sizeMin &&
    answer['content-encoding'] === undefined
  )
}

/** Removes the headers that describe only the object's own bytes. The compressed length is not known in advance. */
export function compressedHeaders(answer: Headers): Record<string, string> {
  const { etag: _, 'content-md5': __, 'content-length': ___, ...others } = answer
  return { ...others, 'content-encoding': 'gzip', vary: 'Accept-Encoding' }
}

/** Compresses a body. Closes its source when the reader stops, even if nothing was read. */
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
