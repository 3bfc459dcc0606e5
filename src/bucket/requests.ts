// Requests and answers of operations that take or give bytes.

import type { ObjectContent as RawContent } from '../oss/get-object.ts'
import type { PutObjectRequest as RawPut } from '../oss/put-object.ts'
import type { UploadPartRequest as RawPart } from '../oss/upload-part.ts'
import type { Body } from '../ports.ts'
import type { ObjectBody } from './object-body.ts'

/** What a request can send: a string goes as UTF-8, a view of any element type as its bytes. */
export type BodySource = string | ArrayBufferView | ArrayBufferLike | Body

/** An object to store. */
export interface PutObjectRequest extends Omit<RawPut, 'body'> {
  /** At most 5 GiB. A `Body` is read once, so its request is not repeated. */
  readonly body: BodySource
}

/** A part to send. */
export interface UploadPartRequest extends Omit<RawPart, 'body'> {
  /** 100 KiB to 5 GiB; the last part may be smaller. A `Body` is read once, so its request is not repeated. */
  readonly body: BodySource
}

/** An object that is being read. */
export interface ObjectContent extends Omit<RawContent, 'body'> {
  /** Its bytes, or those of the range. Read it to its end or leave it early: until then it holds a connection. */
  readonly body: ObjectBody
}
