// What PutObject and CompleteMultipartUpload answer. With a callback the body is what the callback's
// server said, so everything about the object comes from headers.

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

/** What OSS says of an object that it has just stored. */
export interface StoredObject {
  /** Without quotes. */
  readonly etag: string
  /** Of the whole object, in decimal. */
  readonly crc64?: string | undefined
  readonly versionId?: string | undefined
  readonly requestId: string
  /** If a callback was asked for. `ok: false`: the object is stored all the same. */
  readonly callback?: { readonly ok: boolean; readonly status: number; readonly body: string }
}

/**
 * Reads the answer to an operation that stores an object.
 * @param hasCallback whether the request asked for a callback.
 * @param root the element that holds the ETag, should the headers lack it.
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

/** Whether the headers of a request ask for a callback. */
export function asksForCallback(headers: Readonly<Record<string, string>> = {}): boolean {
  return Object.keys(headers).some(name => name.toLowerCase() === 'x-oss-callback')
}
