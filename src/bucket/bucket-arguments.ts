// What the plain operations of a bucket are given, checked for callers without a compiler: a wrong type is
// an `OptionError` that names the operation, the field, the value and what is allowed. What a value may be
// beyond its type is checked by the operation itself.

import { invalidCode, OptionError } from '../errors.ts'
import { isBytes } from '../foreign/bytes.ts'

/** A type and how it is called in messages. */
interface Kind {
  readonly name: string
  readonly holds: (value: unknown) => boolean
}

interface Field extends Kind {
  readonly required?: true
}

const text: Kind = { name: 'a text', holds: value => typeof value === 'string' }
const whole: Kind = { name: 'a whole number', holds: value => Number.isInteger(value) }
const moment: Kind = { name: 'a number', holds: value => typeof value === 'number' }
const called: Kind = { name: 'a function', holds: value => typeof value === 'function' }
const texts: Kind = {
  name: 'an object of names and texts',
  holds: value => isPlain(value) && Object.values(value).every(each => typeof each === 'string'),
}
const body: Kind = {
  name: 'a Uint8Array (of a text: new TextEncoder().encode(text)), or { size, read }',
  holds: value => isBytes(value) || (isPlain(value) && 'size' in value && 'read' in value),
}
const range: Kind = {
  name: '{ position, size? }',
  holds: value => isPlain(value) && 'position' in value,
}
const parts: Kind = {
  name: 'a list of { partNumber, etag }',
  holds: value =>
    Array.isArray(value) &&
    value.every(part => isPlain(part) && 'etag' in part && typeof part.etag === 'string'),
}
// Not `instanceof`: a signal may come from another realm.
const abortSignal: Kind = {
  name: 'an AbortSignal',
  holds: value => isPlain(value) && 'aborted' in value,
}
const required = (kind: Kind): Field => ({ ...kind, required: true })

/** The fields that an operation takes. */
export type Fields = Readonly<Record<string, Field>>

const key = required(text)
const uploadId = required(text)

/** Of each operation whose first argument is an object. */
export const operations = {
  putObject: { key, body: required(body), headers: texts },
  headObject: { key, headers: texts },
  getObject: { key, range, headers: texts },
  listObjects: {
    prefix: text,
    delimiter: text,
    maxKeys: whole,
    startAfter: text,
    continuationToken: text,
  },
  deleteObject: { key },
  initiateMultipartUpload: { key, headers: texts },
  uploadPart: {
    key,
    uploadId,
    partNumber: required(whole),
    body: required(body),
    headers: texts,
  },
  listParts: { key, uploadId, partNumberMarker: whole, maxParts: whole },
  listMultipartUploads: {
    prefix: text,
    delimiter: text,
    keyMarker: text,
    uploadIdMarker: text,
    maxUploads: whole,
  },
  completeMultipartUpload: { key, uploadId, parts: required(parts), headers: texts },
  abortMultipartUpload: { key, uploadId },
  presign: { method: required(text), key, query: texts, headers: texts, expiresMs: moment },
  putBucket: { acl: text, storageClass: text },
  listBuckets: { prefix: text, marker: text, maxKeys: whole },
} satisfies Record<string, Fields>

const callFields: Fields = {
  signal: abortSignal,
  idleTimeoutMs: moment,
  onBytesSent: called,
  attempt: whole,
}

/**
 * Checks the arguments of an operation that takes `(request, call)`.
 * @throws {OptionError} `INVALID_REQUEST`, `UNKNOWN_OPTION`, or `INVALID_` and the name of the field
 */
export function checkRequest(
  operation: keyof typeof operations,
  request: unknown,
  call: unknown,
): void {
  const fields: Fields = operations[operation]
  const needed = Object.keys(fields).filter(name => fields[name]?.required)
  if (request !== undefined || needed.length > 0) {
    const [one = ''] = Object.keys(fields)
    const example = needed.length > 0 ? needed.join(', ') : one
    checkFields(operation, request, fields, `{ ${example} }`)
  }
  checkCall(operation, call)
}

/** Checks the last argument of an operation: how the request is sent. */
export function checkCall(operation: string, call: unknown): void {
  if (call !== undefined) checkFields(operation, call, callFields, '{ signal }')
}

function checkFields(operation: string, given: unknown, fields: Fields, example: string): void {
  if (!isPlain(given)) {
    throw new OptionError('INVALID_REQUEST', `${operation} was given ${show(given)}`, {
      hint: `Allowed: an object such as ${example}`,
    })
  }
  const values = new Map<string, unknown>(Object.entries(given))
  for (const name of values.keys()) {
    if (Object.hasOwn(fields, name)) continue
    throw new OptionError('UNKNOWN_OPTION', `${operation} has no '${name}'`, {
      hint: `Allowed: ${Object.keys(fields).join(', ')}`,
    })
  }
  for (const [name, field] of Object.entries(fields)) {
    const value = values.get(name)
    if (value === undefined ? !field.required : field.holds(value)) continue
    throw new OptionError(invalidCode(name), `${operation} was given ${show(value)} as ${name}`, {
      hint: `Allowed: ${field.name}`,
    })
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a value is, for messages. Texts are not quoted: one may be the content of an object. */
function show(value: unknown): string {
  if (typeof value === 'string') return 'a text'
  if (Array.isArray(value)) return 'a list'
  if (isPlain(value)) return `an object (${value.constructor?.name ?? 'without prototype'})`
  if (typeof value === 'function') return 'a function'
  return String(value)
}
