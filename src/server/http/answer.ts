// Answers as OSS gives them. The headers that every answer has are added by the handler.

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
  /** Answers to HEAD have no body: the document goes into a header. */
  readonly isHead: boolean
}

/** The error document, or its header form. */
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
