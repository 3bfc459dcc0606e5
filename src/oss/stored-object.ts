// The answers of PutObject and CompleteMultipartUpload. With a callback, the body comes from the callback's
// server, so all facts about the object come from headers.

import { text } from '../xml/parse.ts'
import {
  type Answer,
  bodyText,
  crc64Of,
  etagOf,
  requestIdOf,
  rootOf,
  stripQuotes,
} from './answer.ts'

/** Facts about an object that OSS has stored. */
export interface StoredObject {
  /** The ETag, without quotes. */
  readonly etag: string
  /** CRC-64 of the whole object, as a decimal number. */
  readonly crc64?: string | undefined
  readonly versionId?: string | undefined
  readonly requestId: string
  /** Present if a callback was requested. With `ok: false` the callback failed, but the object is stored. */
  readonly callback?: { readonly ok: boolean; readonly status: number; readonly body: string }
}

/**
 * Reads the answer to an operation that stores an object.
 * @param hasCallback whether the request asked for a callback.
 * @param root the XML element that has the ETag, if the headers do not have it
 */
export function storedObject(answer: Answer, hasCallback: boolean, root?: string): StoredObject {
  const { status, headers } = answer
  const isCallbackAnswer = hasCallback || status === 203
  return {
    etag: isCallbackAnswer || root === undefined ? etagOf(answer) : etagFrom(answer, root),
    crc64: crc64Of(answer),
    versionId: headers['x-oss-version-id'],
    requestId: requestIdOf(answer),
    ...(isCallbackAnswer && {
      callback: { ok: status !== 203, status, body: bodyText(answer) },
    }),
  }
}

function etagFrom(answer: Answer, root: string): string {
  if (answer.headers.etag !== undefined) return etagOf(answer)
  return stripQuotes(text(rootOf(answer, root), 'ETag') ?? '') || etagOf(answer)
}

/** True if the headers of a request ask for a callback. */
export function asksForCallback(headers: Readonly<Record<string, string>> = {}): boolean {
  return Object.keys(headers).some(name => name.toLowerCase() === 'x-oss-callback')
}
