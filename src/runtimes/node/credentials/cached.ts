import { sharedCredentials } from '../../../oss/credentials.ts'
import type { Clock, Credentials, CredentialsProvider } from '../../../ports.ts'

/** Buckets of one process that are refused the same token ask one after the other. */
const freshMs = 10_000

/**
 * Keeps what a provider gave until it is due, for all buckets that share it: a role is taken on once, not
 * once for each bucket. Each bucket keeps credentials, too, so whoever asks for new ones has found the old
 * ones wanting; credentials that came a moment ago are new to them.
 */
export function cached(provider: CredentialsProvider, clock: Clock): CredentialsProvider {
  const shared = sharedCredentials(async asked => {
    const credentials = await provider(asked)
    gotAt = clock.now()
    return credentials
  })
  let gotAt = Number.NEGATIVE_INFINITY
  return async ({ refresh }): Promise<Credentials> => {
    const now = clock.now()
    if (refresh && now - gotAt >= freshMs) await shared.refresh(undefined, now)
    return shared.get(now)
  }
}
