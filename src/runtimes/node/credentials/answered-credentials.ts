// Reads the JSON with credentials from STS, the metadata service, credentials URIs and external processes.

import { givenCredentials } from '../../../oss/given-credentials.ts'
import type { Credentials } from '../../../ports.ts'
import { fieldsOf, json, textOf } from './json-fields.ts'
import { refused } from './refusal.ts'

/**
 * Reads `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration`, or the same as the CLI's
 * external processes write them (`access_key_id`, `sts_token`).
 * @param whom for messages; they never quote the answer, which may have a part of a secret
 * @throws {CredentialsError} `CREDENTIALS_REFUSED`; `CREDENTIALS_MISCONFIGURED` for values that no request can
 * hold, and for an expiry that is not a time
 */
export function credentialsIn(answer: unknown, whom: string): Credentials {
  const fields = fieldsOf(answer)
  const accessKeyId = textOf(fields.AccessKeyId) ?? textOf(fields.access_key_id)
  const accessKeySecret = textOf(fields.AccessKeySecret) ?? textOf(fields.access_key_secret)
  const securityToken =
    textOf(fields.SecurityToken) ?? textOf(fields.sts_token) ?? textOf(fields.security_token)
  if (accessKeyId === undefined || accessKeySecret === undefined) {
    throw refused(`${whom} gave no AccessKeyId or no AccessKeySecret`)
  }
  const { Expiration, expiration = Expiration } = fields
  const expiresAt = expiration === '' ? undefined : expiration
  return givenCredentials({ accessKeyId, accessKeySecret, securityToken, expiresAt }, whom)
}

/** The same for a string that should be JSON. */
export function credentialsInText(text: string, whom: string): Credentials {
  const answer = json(text)
  if (answer === undefined) throw refused(`${whom} gave something that is not JSON`)
  return credentialsIn(answer, whom)
}
