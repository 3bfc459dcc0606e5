// Reads a V4 request's claims about its own signature, from the Authorization header in both spellings or from the
// query of a presigned URL. Every fault has its own EC (2.6).

import { invalidArgument, OssFault } from '../http/errors.ts'
import type { Query } from '../http/target.ts'
import type { Unconfirmed } from '../rules/unconfirmed.ts'

export interface ClaimV4 {
  readonly accessKeyId: string
  /** The date of the signing key, as `YYYYMMDD`. */
  readonly date: string
  readonly region: string
  readonly product: string
  readonly additionalHeaders: readonly string[]
  readonly signature: string
}

/**
 * Reads the claims of a header.
 * @param authorization the header, without `OSS4-HMAC-SHA256`
 */
export function readAuthorization(authorization: string): ClaimV4 {
  const items = new Map<string, string>()
  for (const item of authorization.split(',')) {
    const equals = item.indexOf('=')
    if (equals > 0) items.set(item.slice(0, equals).trim(), item.slice(equals + 1).trim())
  }
  const refuse = (ec: string, message: string) =>
    invalidArgument('Authorization', authorization, message, ec)
  const signature = items.get('Signature')
  if (!signature) throw refuse('0002-00000065', 'The Authorization header has no Signature.')
  const credential = readCredential(items.get('Credential') ?? '')
  if (credential === 'other-product') {
    throw refuse('0002-00000227', 'The product of the Credential is not oss.')
  }
  if (!credential)
    throw refuse('0002-00000213', 'The Credential is not id/date/region/oss/aliyun_v4_request.')
  if (!/^\d{8}$/.test(credential.date)) {
    throw refuse('0002-00000212', 'The date of the Credential is not YYYYMMDD.')
  }
  const listed = items.get('AdditionalHeaders')
  if (listed === '') throw refuse('0002-00000209', 'AdditionalHeaders is empty.')
  const additionalHeaders = listed?.toLowerCase().split(';') ?? []
  if (additionalHeaders.includes('')) {
    throw refuse('0002-00000210', 'AdditionalHeaders holds an empty name.')
  }
  return { ...credential, additionalHeaders, signature }
}

/** Reads the claims of a presigned URL. */
export function readPresigned(query: Query, unconfirmed: Unconfirmed): ClaimV4 {
  const refuse = (name: string, ec: string) =>
    new OssFault(unconfirmed.malformedPresignCode, {
      message: `The query parameter ${name} is missing or malformed.`,
      ec,
      extra: { ArgumentName: name, ArgumentValue: query.get(name) ?? '' },
    })
  const signature = query.get('x-oss-signature')
  if (!signature) throw refuse('x-oss-signature', '0002-00000219')
  const credential = readCredential(query.get('x-oss-credential') ?? '')
  if (credential === 'other-product') throw refuse('x-oss-credential', '0002-00000227')
  if (!credential) throw refuse('x-oss-credential', '0002-00000224')
  if (!/^\d{8}$/.test(credential.date)) throw refuse('x-oss-credential', '0002-00000223')
  const listed = query.get('x-oss-additional-headers')
  const additionalHeaders = listed ? listed.toLowerCase().split(';') : []
  return { ...credential, additionalHeaders, signature }
}

function readCredential(text: string) {
  const parts = /^(.+)\/([^/]*)\/([^/]+)\/([^/]+)\/aliyun_v4_request$/.exec(text)
  if (!parts) return undefined
  const [, accessKeyId = '', date = '', region = '', product = ''] = parts
  if (product !== 'oss' && product !== 'oss-cloudbox') return 'other-product'
  return { accessKeyId, date, region, product }
}
