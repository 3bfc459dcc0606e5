// Where credentials come from, and how all requests of a client share them.

import { CredentialsError, isOssupError } from '../errors.ts'
import type { Credentials, CredentialsName, CredentialsProvider } from '../ports.ts'
import { cleanValue, givenCredentials } from './given-credentials.ts'

/** Credentials that never change. */
export function staticCredentials(credentials: Credentials): CredentialsProvider {
  const kept = givenCredentials(credentials, 'The credentials')
  return async () => kept
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
  /** Those that need not be asked for: a request is then signed without a wait. */
  known(at: number): Credentials | undefined
  /** @param at the time by which expiry is judged, epoch milliseconds. */
  get(at: number): Promise<Credentials>
  /**
   * Asks for new ones because OSS refused `failed`; at once done if others came since.
   * Rejects as the provider does.
   */
  refresh(failed: CredentialsName | undefined, at: number): Promise<void>
}

const earlyMax = 15 * 60_000
const pauseAfterFailure = 10_000

/**
 * Shares one provider's credentials: asked once for all who wait. New ones are asked for when less than
 * 20 % of their life or 15 minutes, whichever is less, is left; meanwhile, and if that fails, the old
 * ones serve as long as they are valid.
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
      // The old ones serve while new ones are on their way, so nobody waits and nobody hears of a failure.
      ask(at).catch(() => {})
      return current
    },
    async refresh(failed, at) {
      if (failed !== undefined && current !== undefined && !isSame(failed, current)) return
      await ask(at)
    },
  }
}

/** A provider may be anybody's function: what it throws or gives is made sense of here. */
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
    // Its message is left to `cause`: nobody knows what it quotes.
    throw new CredentialsError('CREDENTIALS_UNAVAILABLE', 'The credentials provider failed', {
      cause,
      retryable: true,
    })
  }
}

function dueAt({ expiresAt }: Credentials, at: number): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY
  const life = expiresAt - at
  // Dead on arrival: one of the two clocks is wrong. OSS decides; the provider is not asked at every request.
  return life <= 0 ? at + pauseAfterFailure : expiresAt - Math.min(earlyMax, life * 0.2)
}

/** Whosever function it is, it gets no secret of another's. */
function nameOf({ accessKeyId, securityToken }: Credentials): CredentialsName {
  return { accessKeyId, ...(securityToken !== undefined && { securityToken }) }
}

function isSame(one: CredentialsName, other: CredentialsName): boolean {
  return one.accessKeyId === other.accessKeyId && one.securityToken === other.securityToken
}
