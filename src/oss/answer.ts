// Reads successful answers and checks each value. A value that is missing or malformed is a `BAD_ANSWER`; we
// never invent one. OSS may have done the request although its answer is bad.

import { type ErrorDetails, NetworkError } from '../errors.ts'
import { parseXml, text, type XmlElement } from '../xml/parse.ts'

export interface AnswerHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Operation, bucket and key, for errors. */
  readonly context: () => ErrorDetails
}

export interface Answer extends AnswerHead {
  readonly body: Uint8Array
}

/** The error for an answer that lacks a value or has a wrong one. */
export function badAnswer({ context }: AnswerHead, what: string, cause?: unknown): NetworkError {
  return new NetworkError('BAD_ANSWER', `OSS's answer cannot be used: ${what}`, {
    ...context(),
    sent: 'maybe',
    ...(cause !== undefined && { cause }),
  })
}

export function bodyText(answer: Answer): string {
  return new TextDecoder().decode(answer.body)
}

/** The id of the request, for support; empty if a proxy removed the header or CORS rules hide it. */
export function requestIdOf({ headers }: AnswerHead): string {
  return headers['x-oss-request-id'] ?? ''
}

export function etagOf(head: AnswerHead): string {
  const etag = stripQuotes(head.headers.etag ?? '')
  if (etag === '') throw badAnswer(head, 'there is no ETag')
  return etag
}

/** The CRC-64 of the whole object or part, in decimal; OSS leaves it out in rare cases. */
export function crc64Of(head: AnswerHead): string | undefined {
  return readCrc64(head, head.headers['x-oss-hash-crc64ecma'])
}

/** Removes leading zeros, so that two values can be compared as text. */
export function readCrc64(head: AnswerHead, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  if (!/^\d{1,20}$/.test(value) || BigInt(value) >= 1n << 64n) {
    throw badAnswer(head, `${quote(value)} is no CRC-64`)
  }
  return BigInt(value).toString()
}

/** The time of the answer by OSS's clock. */
export function answeredAt({ headers }: AnswerHead): number | undefined {
  const at = Date.parse(headers.date ?? '')
  return Number.isNaN(at) ? undefined : at
}

export function readTime(head: AnswerHead, name: string, value: string | undefined): number {
  const at = Date.parse(value ?? '')
  if (Number.isNaN(at)) throw badAnswer(head, `${name} is ${quote(value)}, not a time`)
  return at
}

export function readInteger(head: AnswerHead, name: string, value: string | undefined): number {
  const number = /^\d{1,16}$/.test(value ?? '') ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number)) {
    throw badAnswer(head, `${name} is ${quote(value)}, not a whole number`)
  }
  return number
}

export function readBoolean(head: AnswerHead, name: string, value: string | undefined): boolean {
  if (value !== 'true' && value !== 'false') {
    throw badAnswer(head, `${name} is ${quote(value)}, not true or false`)
  }
  return value === 'true'
}

/** The root element, which must have that name. */
export function rootOf(answer: Answer, name: string): XmlElement {
  let root: XmlElement
  try {
    root = parseXml(bodyText(answer))
  } catch (cause) {
    throw badAnswer(answer, 'the body is not XML', cause)
  }
  if (root.name !== name) throw badAnswer(answer, `${quote(root.name)} came instead of ${name}`)
  return root
}

/** The text of a child element that must exist and not be empty. */
export function requiredText(head: AnswerHead, element: XmlElement, name: string): string {
  const value = text(element, name)
  if (value === undefined || value === '') throw badAnswer(head, `${name} is missing`)
  return value
}

/** Reads the fields that are percent-encoded if the document says so; `undefined` if absent. */
export function decoderFor(
  head: AnswerHead,
  root: XmlElement,
): (element: XmlElement, name: string) => string | undefined {
  if (text(root, 'EncodingType') !== 'url') return text
  return (element, name) => {
    const encoded = text(element, name)
    try {
      return encoded === undefined ? undefined : decodeURIComponent(encoded)
    } catch (cause) {
      throw badAnswer(head, `${name} is not percent-encoded UTF-8`, cause)
    }
  }
}

/** Removes the quotes of an ETag, and the `W/` that a compressing proxy puts before it. */
export function stripQuotes(etag: string): string {
  return ownText(etag.replace(/^(?:W\/)?"|"$/g, ''))
}

/** Copies the text: V8 keeps the whole string in memory as long as a slice of it, and each part keeps an ETag. */
function ownText(slice: string): string {
  return ` ${slice}`.slice(1)
}

function quote(value: string | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value.slice(0, 100))
}
