// Reads OSS's error answers: XML in the body, JSON on newer hosts, XML in a header where there is no
// body, and what proxies say in between. Source: oss-facts, section 3.1.

import { type ErrorDetails, OssError } from '../errors.ts'
import { parseXml, type XmlElement } from '../xml/parse.ts'
import { hintFor } from './hints.ts'

export interface RefusedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/**
 * The error that an answer of status 300 and more stands for. An answer that is none of OSS's has the
 * code `BadErrorResponse`, 304 `NotModified`. `retryable` is left false: the scheduler knows better.
 */
export function serviceError(answer: RefusedAnswer, context: ErrorDetails): OssError {
  const { status, headers } = answer
  const fields = readFields(answer)
  const fallback = status === 304 ? 'NotModified' : 'BadErrorResponse'
  const { Code: code = fallback, Message: message, RequestId, EC, ...others } = fields
  const requestId = headers['x-oss-request-id'] ?? RequestId
  const ec = headers['x-oss-ec'] ?? EC
  const extra = withoutSecrets(others)
  const hint = hintFor(code, { extra, ...(ec !== undefined && { ec }) })
  const serverTime = readTime(others.ServerTime) ?? readTime(headers.date)
  const retryAfterMs = readDelay(headers)
  const request = requestId === undefined ? '' : `, request ${requestId}`
  return new OssError(
    code,
    `${code} (${status}${request})${message ? `: ${message.replace(/\.$/, '')}` : ''}`,
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

function readFields({ headers, body }: RefusedAnswer): Fields {
  try {
    const inHeader = headers['x-oss-err']
    const bytes = body.length === 0 && inHeader !== undefined ? fromBase64(inHeader) : body
    const document = new TextDecoder().decode(bytes).trim()
    const fields = document.startsWith('{') ? fromJson(document) : fromXml(document)
    return /^[\w.-]{1,100}$/.test(fields.Code ?? '') ? fields : {}
  } catch {
    return {}
  }
}

function fromXml(document: string): Fields {
  // A key or name that is quoted in the error may hold raw control characters.
  const root = parseXml(
    document.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, raw => `&#${raw.charCodeAt(0)};`),
  )
  return root.name === 'Error' ? bounded(root.children.map(fieldOf)) : {}
}

function fieldOf({ name, text }: XmlElement): [name: string, value: unknown] {
  return [name, text]
}

function fromJson(document: string): Fields {
  const value: unknown = JSON.parse(document)
  if (!isRecord(value)) return {}
  return bounded(Object.entries(isRecord(value.Error) ? value.Error : value))
}

/** Error documents are small; what is not is no help and must not fill memory or a log. */
function bounded(entries: [name: string, value: unknown][]): Fields {
  const texts = entries.filter(([, value]) => typeof value === 'string').slice(0, 30)
  return Object.fromEntries(texts.map(([name, value]) => [name, String(value).slice(0, 2000)]))
}

/** OSS explains a wrong signature by what it computed, which holds tokens and access key ids. */
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
  return /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
