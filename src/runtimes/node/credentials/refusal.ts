// The three ways in which credentials are not to be had although somebody said where they are.

import { CredentialsError } from '../../../errors.ts'

/**
 * Passes by itself: no answer, or a fault of the one who was asked.
 * @param cause whose message, with its own advice, is part of `message`
 */
export function unavailable(message: string, cause?: unknown): CredentialsError {
  const more = cause === undefined ? { hint: 'This passes by itself: try again later' } : { cause }
  return new CredentialsError('CREDENTIALS_UNAVAILABLE', message, { retryable: true, ...more })
}

/** Who was asked says no, or nonsense: asking again does not help. */
export function refused(message: string, hint?: string, cause?: unknown): CredentialsError {
  return new CredentialsError('CREDENTIALS_REFUSED', message, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  })
}

/** What a file, a variable or an option says cannot be. */
export function misconfigured(message: string, hint?: string): CredentialsError {
  return new CredentialsError(
    'CREDENTIALS_MISCONFIGURED',
    message,
    hint === undefined ? {} : { hint },
  )
}
