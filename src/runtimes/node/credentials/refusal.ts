// The three errors for a place that a setting names but that gives no credentials.

import { CredentialsError } from '../../../errors.ts'

/**
 * A temporary failure: no answer, or a fault of the server.
 * @param cause its message and hint are part of `message`
 */
export function unavailable(message: string, cause?: unknown): CredentialsError {
  const more = cause === undefined ? { hint: 'This passes by itself: try again later' } : { cause }
  return new CredentialsError('CREDENTIALS_UNAVAILABLE', message, { retryable: true, ...more })
}

/** The server refuses, or gives a wrong answer: another request does not help. */
export function refused(message: string, hint?: string, cause?: unknown): CredentialsError {
  return new CredentialsError('CREDENTIALS_REFUSED', message, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  })
}

/** A file, a variable or an option has a wrong value. */
export function misconfigured(message: string, hint?: string): CredentialsError {
  return new CredentialsError(
    'CREDENTIALS_MISCONFIGURED',
    message,
    hint === undefined ? {} : { hint },
  )
}
