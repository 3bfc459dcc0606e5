// Sources of credentials, and how all requests of a client share them.

import { CredentialsError, isOssupError } from '../errors.ts'
import type { Credentials, CredentialsName, CredentialsProvider } from '../ports.ts'
import { cleanValue, givenCredentials } from './given-credentials.ts'

/**
 * Credentials that never change.
 * @throws {CredentialsError} `MISSING_CREDENTIALS`, `CREDENTIALS_MISCONFIGURED`
 */
export function staticCredentials(credentials: Credentials): CredentialsProvider {
  const kept = readGiven(credentials)
  return async () => kept
}

function readGiven(credentials: unknown): Credentials {
  try {
    return givenCredentials(credentials, 'The credentials')
  } catch (error) {
    if (isOssupError(error)) throw error
    throw new CredentialsError(
      'CREDENTIALS_MISCONFIGURED',
      'The credentials cannot be read: a getter throws',
      {
        hint: 'Give a plain object',
        cause: error,
      },
    )
  }
}

/**
 * Credentials from `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and, with temporary ones,
 * `OSS_SESSION_TOKEN`, read again each time. Rejects with `MISSING_CREDENTIALS`.
 */
export function fromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): CredentialsProvider {
  return async () => {
    const read = (name: string) => cleanValue(environment[name], name)
    const accessKeyId = read('OSS_ACCESS_KEY_ID')
    const accessKeySecret = read('OSS_ACCESS_KEY_SECRET')
    const securityToken = read('OSS_SESSION_TOKEN')
    if (accessKeyId && accessKeySecret) {
      return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }
    }
    const missing = [
      ...(accessKeyId ? [] : ['OSS_ACCESS_KEY_ID']),
      ...(accessKeySecret ? [] : ['OSS_ACCESS_KEY_SECRET']),
    ].join(' and ')
    throw new CredentialsError('MISSING_CREDENTIALS', `No credentials: ${missing} not set`, {
      hint: `Set ${missing} in the environment (and OSS_SESSION_TOKEN with temporary credentials)`,
    })
  }
}

export interface SharedCredentials {
  /** The current credentials if they are fresh: a request is then signed without waiting. */
  known(at: number): Credentials | undefined
  /** @param at the current time, epoch milliseconds */
  get(at: number): Promise<Credentials>
  /**
   * Asks for new credentials because OSS refused `failed`; does nothing if others arrived after it.
   * Rejects with the error of the provider.
   */
  refresh(failed: CredentialsName | undefined, at: number): Promise<void>
}

const earlyMax = 15 * 60_000
const pauseAfterFailure = 10_000

/**
 * Shares the credentials of one provider: it is asked once for all requests that wait. It is asked for new ones
 * when the rest of their life is less than 20 % and less than 15 minutes. Until they arrive, and if that fails,
 * the old ones are used as long as they are valid.
 */
export function sharedCredentials(provider: CredentialsProvider): SharedCredentials {
  let current: Credentials | undefined
  let askAgainAt = 0
  let asking: Promise<Credentials> | undefined

  function ask(at: number): Promise<Credentials> {
    asking ??= askProvider(provider, current)
      .then(
        credentials => {
          current = credentials
          askAgainAt = dueAt(credentials, at)
          return credentials
        },
        error => {
          askAgainAt = Math.min(at + pauseAfterFailure, current?.expiresAt ?? 0)
          throw error
        },
      )
      .finally(() => {
        asking = undefined
      })
    return asking
  }

  return {
    known: at => (at < askAgainAt ? current : undefined),
    async get(at) {
      if (current === undefined) return ask(at)
      if (at < askAgainAt) return current
      if (at >= (current.expiresAt ?? Number.POSITIVE_INFINITY)) return ask(at)
      // The old ones are used until the new ones arrive, so no request waits, and a failure has no effect.
      ask(at).catch(() => {})
      return current
    },
    async refresh(failed, at) {
      if (failed !== undefined && current !== undefined && !isSame(failed, current)) return
      await ask(at)
    },
  }
}

/** Calls a provider, which is foreign code, and checks its result. Each of its errors becomes one of ours. */
async function askProvider(
  provider: CredentialsProvider,
  last: Credentials | undefined,
): Promise<Credentials> {
  try {
    const given: unknown = await provider(
      last === undefined ? { refresh: false } : { refresh: true, last: nameOf(last) },
    )
    return givenCredentials(given, 'The credentials provider')
  } catch (cause) {
    if (isOssupError(cause)) throw cause
    // The message of the provider's error stays in `cause`, because the message may quote a secret.
    throw new CredentialsError('CREDENTIALS_UNAVAILABLE', 'The credentials provider failed', {
      cause,
      retryable: true,
    })
  }
}

function dueAt({ expiresAt }: Credentials, at: number): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY
  const life = expiresAt - at
  // They have expired already: one of the two clocks is wrong. OSS decides, and the provider gets a pause.
  return life <= 0 ? at + pauseAfterFailure : expiresAt - Math.min(earlyMax, life * 0.2)
}

/** The names of credentials, without the secret: the provider may be foreign code. */
function nameOf({ accessKeyId, securityToken }: Credentials): CredentialsName {
  return { accessKeyId, ...(securityToken !== undefined && { securityToken }) }
}

function isSame(one: CredentialsName, other: CredentialsName): boolean {
  return one.accessKeyId === other.accessKeyId && one.securityToken === other.securityToken
}
