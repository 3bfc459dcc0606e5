// Checks that an answer comes from OSS. Any web server can answer 200 with an ETag: the sign-in page of a
// network, a proxy, the server of a wrong custom domain. They store nothing, so their answers must not count as
// a success.

import { type ErrorDetails, NetworkError } from '../errors.ts'

/**
 * What a success must show.
 * - `request-id`: OSS's request id. OSS sends it with every answer.
 * - `trace`: for pages, where CORS may hide that header. The request id, an ETag or a CRC-64; or a body, which
 *   the operation then reads as OSS's XML. An operation without a body that shows none of them has to be
 *   confirmed by another request, so it fails as `NOT_OSS` with `sent: 'maybe'`.
 */
export type AnswerProof = 'request-id' | 'trace'

export interface SuccessHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

const traces = ['x-oss-request-id', 'etag', 'x-oss-hash-crc64ecma']

/** True if the answer has the required proof. */
export function comesFromOss({ status, headers }: SuccessHead, proof: AnswerProof): boolean {
  if (proof === 'request-id') return isGiven(headers['x-oss-request-id'])
  const mayHaveBody = status !== 204 && headers['content-length'] !== '0'
  return traces.some(name => isGiven(headers[name])) || mayHaveBody
}

/** The error for a success that is not from OSS. `sent` is `maybe`: a proxy may have removed the header. */
export function notOss(
  answer: SuccessHead & { readonly body: Uint8Array },
  context: ErrorDetails,
  conceal: (text: string) => string,
): NetworkError {
  return new NetworkError(
    'NOT_OSS',
    conceal(`The answer does not come from OSS: it has no request id (${describeAnswer(answer)})`),
    {
      ...context,
      sent: 'maybe',
      hint: 'Check the endpoint: a sign-in page of the network, a proxy, or a web server behind a custom domain may be answering',
    },
  )
}

/** Describes an answer that is not from OSS: `200, text/html, "Please sign in", server nginx`. */
export function describeAnswer(answer: SuccessHead & { readonly body: Uint8Array }): string {
  const { status, headers } = answer
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(startOf(answer.body)) ?? []
  const target = originOf(headers.location)
  const facts = [
    String(status),
    short(headers['content-type']?.replace(/;.*/s, '')),
    title.trim() === '' ? '' : `"${short(title.trim())}"`,
    headers.server === undefined ? '' : `server ${short(headers.server)}`,
    target === undefined ? '' : `redirects to ${target}`,
  ]
  return facts.filter(fact => fact !== '').join(', ')
}

function startOf(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, 8192))
}

/** Removes path and query of a redirect: they may be a secret of the network's sign-in. */
function originOf(location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location)) return undefined
  return short(new URL(location).origin)
}

function short(text = ''): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 80)
}

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
