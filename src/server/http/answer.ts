// Builds answers as OSS does. The handler adds the headers that every answer has.

import { type Node, writeDocument } from './documents.ts'
import type { OssFault } from './errors.ts'
import type { ServerResponse } from './http.ts'

type Headers = Readonly<Record<string, string>>

export function emptyAnswer(status: number, headers: Headers = {}): ServerResponse {
  return { status, headers: status === 204 ? headers : { 'content-length': '0', ...headers } }
}

export function xmlAnswer(root: Node, headers: Headers = {}, status = 200): ServerResponse {
  const body = writeDocument(root)
  return {
    status,
    headers: {
      'content-type': 'application/xml',
      'content-length': String(body.length),
      ...headers,
    },
    body,
  }
}

export interface FaultPlace {
  readonly requestId: string
  readonly hostId: string
  /** True for HEAD. Its answers have no body, so the error document is sent in a header. */
  readonly isHead: boolean
}

/** Returns the answer with the error document in its body or header. */
export function faultAnswer(
  fault: OssFault,
  { requestId, hostId, isHead }: FaultPlace,
): ServerResponse {
  const { code, message, status, ec, extra } = fault
  const headers = { ...fault.headers, ...(ec === undefined ? {} : { 'x-oss-ec': ec }) }
  if (status === 304) return { status, headers }
  const document: Node = [
    'Error',
    [
      ['Code', code],
      ['Message', message],
      ['RequestId', requestId],
      ['HostId', hostId],
      ...Object.entries(extra),
      ec === undefined ? undefined : ['EC', ec],
      ec === undefined
        ? undefined
        : ['RecommendDoc', `https://api.aliyun.com/troubleshoot?q=${ec}`],
    ],
  ]
  if (!isHead) return xmlAnswer(document, headers, status)
  const encoded = Buffer.from(writeDocument(document)).toString('base64')
  return emptyAnswer(status, { ...headers, 'x-oss-err': encoded })
}
