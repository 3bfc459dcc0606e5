// Requests and answers of operations that send or return bytes.

import type { ObjectContent as RawContent } from '../oss/get-object.ts'
import type { PutObjectRequest as RawPut } from '../oss/put-object.ts'
import type { UploadPartRequest as RawPart } from '../oss/upload-part.ts'
import type { Body } from '../ports.ts'
import type { ObjectBody } from './object-body.ts'

/**
 * The body types that a request can send. A string is sent as UTF-8. A view of any element type is sent as its bytes.
 */
export type BodySource = string | ArrayBufferView | ArrayBufferLike | Body

/** An object to store. */
export interface PutObjectRequest extends Omit<RawPut, 'body'> {
  /** The content, at most 5 GiB. A `Body` can be read only once, so its request is not repeated. */
  readonly body: BodySource
}

/** A part to send. */
export interface UploadPartRequest extends Omit<RawPart, 'body'> {
  /**
   * The bytes of the part: 100 KiB to 5 GiB; the last part may be smaller. A `Body` can be read only once, so
   * its request is not repeated.
   */
  readonly body: BodySource
}

/** An object and its body. */
export interface ObjectContent extends Omit<RawContent, 'body'> {
  /** The bytes of the object or range. Read them to the end or leave early: until then they hold a connection. */
  readonly body: ObjectBody
}
