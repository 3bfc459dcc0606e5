import { OptionError } from '../errors.ts'
import type { OssClient } from './client.ts'

/** What a signed URL allows, and for how long. */
export interface PresignRequest {
  /** The method that the URL allows. @default 'GET' */
  readonly method?: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  /** Headers that the user of the URL must send, exactly these. */
  readonly headers?: Readonly<Record<string, string>>
  /** How long the URL is valid. Milliseconds, 1,000 to 604,800,000 (a week). @default 3_600_000 (an hour) */
  readonly expiresMs?: number
}

export const defaultExpiresMs = 3_600_000

/** A URL that allows this one request without credentials. It is as secret as a password until it expires. */
export async function presign(client: OssClient, request: PresignRequest): Promise<string> {
  const { method = 'GET', key, query, headers, expiresMs = defaultExpiresMs } = request
  if (!(expiresMs >= 1000 && expiresMs <= 604_800_000)) {
    throw new OptionError('INVALID_EXPIRES_MS', `expiresMs is ${expiresMs}`, {
      hint: 'Allowed: 1,000 to 604,800,000 milliseconds',
    })
  }
  const signed = { operation: 'Presign', method, key, headers, ...(query && { query }) }
  return client.presign(signed, Math.floor(expiresMs / 1000))
}
