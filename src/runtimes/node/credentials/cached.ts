import { sharedCredentials } from '../../../oss/credentials.ts'
import type { Clock, Credentials, CredentialsProvider } from '../../../ports.ts'

/**
 * Keeps what a provider gave until it is due, for all buckets that share it: a role is taken on once, not
 * once for each bucket. Of several that are refused the same token the first has it renewed; the others say
 * which one they mean, and get the new one.
 */
export function cached(provider: CredentialsProvider, clock: Clock): CredentialsProvider {
  const shared = sharedCredentials(provider)
  return async ({ refresh, last }): Promise<Credentials> => {
    const now = clock.now()
    if (refresh) await shared.refresh(last, now)
    return shared.get(now)
  }
}
