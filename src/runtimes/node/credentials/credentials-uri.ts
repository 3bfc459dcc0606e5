// Credentials from the URI of the user's own service, such as a sidecar.

import type { CredentialsProvider } from '../../../ports.ts'
import { credentialsIn } from './answered-credentials.ts'
import { ask } from './ask.ts'
import { fieldsOf, json, textOf } from './json-fields.ts'
import type { Surroundings } from './options.ts'
import { misconfigured, refused, unavailable } from './refusal.ts'

const idleTimeoutMs = 10_000

/** @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` */
export function credentialsUriProvider(uri: string, around: Surroundings): CredentialsProvider {
  const url = urlOf(uri)
  // Path and query may have a secret.
  const whom = `The credentials URI at ${url.origin}`
  return async () => {
    const { status, text } = await ask({
      whom,
      method: 'GET',
      url,
      idleTimeoutMs,
      network: around.network,
    })
    if (status >= 500) throw unavailable(`${whom} fails with status ${status}`)
    if (status !== 200) throw refused(`${whom} gives no credentials (status ${status})`)
    const answer = json(text)
    const code = textOf(fieldsOf(answer).Code)
    if (code !== undefined && code !== 'Success') throw refused(`${whom} does not say Success`)
    return credentialsIn(answer, whom)
  }
}

function urlOf(uri: string): URL {
  try {
    const url = new URL(uri)
    if (/^https?:$/.test(url.protocol) && url.username === '') return url
  } catch {
    // The error below does not quote the address, because the address may contain a secret.
  }
  throw misconfigured(
    'The credentials URI is no address that can be asked',
    'Allowed: http:// or https://, without a user name',
  )
}
