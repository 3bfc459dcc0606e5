// Reads OSS's error answers: XML in the body, JSON on newer hosts, XML in a header where there is no
// body, and what proxies say in between. Source: oss-facts, section 3.1.

import { type ErrorDetails, OssError } from '../errors.ts'
import { parseXml, type XmlElement } from '../xml/parse.ts'
import { hintFor } from './hints.ts'
import { describeAnswer } from './proof.ts'

export interface RefusedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/**
 * Makes the error of an answer with status 300 and more, or with an error document. An answer that is not OSS's
 * has the code `BadErrorResponse`, 304 `NotModified`. `retryable` stays false: the scheduler decides that.
 * @param conceal removes secrets from a string that the error quotes
 */
export function serviceError(
  answer: RefusedAnswer,
  context: ErrorDetails,
  conceal: (text: string) => string = text => text,
): OssError {
  const { status, headers } = answer
  const fields = readFields(answer, conceal)
  const fallback = status === 304 ? 'NotModified' : 'BadErrorResponse'
  const { Code: code = fallback, Message: message, RequestId, EC, ...others } = fields
  const found = headers['x-oss-request-id'] ?? RequestId
  const requestId = found === undefined ? undefined : conceal(found).slice(0, 100)
  const ec = headers['x-oss-ec'] ?? EC
  const extra = withoutSecrets(others)
  const hint = hintFor(code, { extra, ...(ec !== undefined && { ec }) })
  const serverTime = readTime(others.ServerTime) ?? readTime(headers.date)
  const retryAfterMs = readDelay(headers)
  // Without a code from OSS, we describe the answer, to show which server gave it.
  const facts = code === 'BadErrorResponse' ? conceal(describeAnswer(answer)) : String(status)
  const request = requestId === undefined ? '' : `, request ${requestId}`
  return new OssError(
    code,
    `${code} (${facts}${request})${message ? `: ${message.replace(/\.$/, '')}` : ''}`,
    {
      ...context,
      status,
      extra,
      ...(hint !== undefined && { hint }),
      ...(requestId !== undefined && { requestId }),
      ...(ec !== undefined && { ec }),
      ...(serverTime !== undefined && { serverTime }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  )
}

type Fields = Partial<Record<string, string>>

function readFields({ headers, body }: RefusedAnswer, conceal: (text: string) => string): Fields {
  try {
    const inHeader = headers['x-oss-err']
    const bytes = body.length === 0 && inHeader !== undefined ? fromBase64(inHeader) : body
    const document = new TextDecoder().decode(bytes).trim()
    const fields = bounded(
      document.startsWith('{') ? fromJson(document) : fromXml(document),
      conceal,
    )
    return /^[\w.-]{1,100}$/.test(fields.Code ?? '') ? fields : {}
  } catch {
    return {}
  }
}

function fromXml(document: string): Entries {
  // The error may contain a key or name with raw control characters.
  const root = parseXml(
    document.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, raw => `&#${raw.charCodeAt(0)};`),
  )
  return root.name === 'Error' ? root.children.map(fieldOf) : []
}

function fieldOf({ name, text }: XmlElement): [name: string, value: unknown] {
  return [name, text]
}

function fromJson(document: string): Entries {
  const value: unknown = JSON.parse(document)
  if (!isRecord(value)) return []
  return Object.entries(isRecord(value.Error) ? value.Error : value)
}

/** The first bytes of the body. Error documents are small; a larger body must not fill memory or a log. */
function bounded(entries: Entries, conceal: (text: string) => string): Fields {
  const texts = entries.filter(([, value]) => typeof value === 'string').slice(0, 30)
  return Object.fromEntries(
    // Secrets are removed before the text is shortened, because half of a secret would no longer be recognised.
    texts.map(([name, value]) => [name, conceal(String(value)).slice(0, 2000)]),
  )
}

type Entries = [name: string, value: unknown][]

/** With a wrong signature, OSS sends the text that it signed, which contains tokens and access key ids. */
const kept = /^(?!.*(?:AccessKeyId|Signature|StringToSign|CanonicalRequest|Authorization))/

function withoutSecrets(fields: Fields): Record<string, string> {
  const safe: Record<string, string> = {}
  for (const name in fields) {
    if (kept.test(name)) safe[name] = fields[name] ?? ''
  }
  return safe
}

function readTime(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : at
}

function readDelay(headers: Readonly<Record<string, string>>): number | undefined {
  const ms = headers['x-oss-qos-delay-time'] ?? ''
  if (/^\d{1,9}$/.test(ms)) return Number(ms)
  const seconds = headers['retry-after'] ?? ''
  if (/^\d{1,6}$/.test(seconds)) return Number(seconds) * 1000
  // A date, by the clock of the server that answered.
  const at = readTime(/[a-z]/i.test(seconds) ? seconds : undefined)
  const now = readTime(headers.date)
  return at === undefined || now === undefined ? undefined : Math.max(0, at - now)
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
