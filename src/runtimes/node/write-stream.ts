// Uploads of data that a program writes to a stream.

import { Writable } from 'node:stream'
import type { Bucket } from '../../bucket/bucket.ts'
import type { UploadResult } from '../../options/upload-options.ts'
import { type UploadWritable, writableFor } from '../../upload/writable.ts'
import * as api from '../api.ts'
import { node } from './node-runtime.ts'
import type { UploadOptions } from './upload-options.ts'

/**
 * A web stream to write an object into. The bytes go through the same engine as those of a stream that is
 * uploaded: parts in memory, retries, a comparison of checksums at the end. With a checkpoint, the same bytes
 * written again from the start are not sent again.
 *
 * @example
 * const { writable, result } = createWritable(bucket, 'report.csv')
 * await response.body.pipeTo(writable)
 * console.log((await result).etag)
 */
export function createWritable(
  bucket: Bucket,
  key: string,
  options: UploadOptions = {},
): UploadWritable<UploadResult> {
  return writableFor(chunks => api.resumableUpload(node, bucket, key, chunks, options))
}

/** A Node.js stream that uploads the bytes written into it. */
export interface UploadWriteStream extends Writable {
  /** What the upload resolves to. `finish` comes once the object is stored. */
  readonly result: Promise<UploadResult>
}

/**
 * A Node.js stream to write an object into, with the engine of `createWritable`.
 *
 * @example
 * const stream = createWriteStream(bucket, 'logs/today.gz')
 * await pipeline(createReadStream('today.log'), createGzip(), stream)
 * console.log((await stream.result).size)
 */
export function createWriteStream(
  bucket: Bucket,
  key: string,
  options: UploadOptions = {},
): UploadWriteStream {
  const { writable, result } = createWritable(bucket, key, options)
  const writer = writable.getWriter()
  // Each failure also reaches the callbacks below.
  writer.closed.catch(() => {})
  const done = (promise: Promise<void>, callback: (error?: Error | null) => void) => {
    promise.then(() => callback(), callback)
  }
  const stream = new Writable({
    decodeStrings: true,
    write: (chunk: Uint8Array, _encoding, callback) => done(writer.write(chunk), callback),
    final: callback => done(writer.close(), callback),
    destroy(error, callback) {
      // A stream that is destroyed before its end stores no object.
      if (!this.writableFinished)
        writer.abort(error ?? new Error('The stream was destroyed')).catch(() => {})
      callback(error)
    },
  })
  // A program that uses `pipeline` alone must not crash because nothing handles this promise's rejection.
  result.catch(error => stream.destroy(error))
  return Object.assign(stream, { result })
}
