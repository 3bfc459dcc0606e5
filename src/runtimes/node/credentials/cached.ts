import { sharedCredentials } from '../../../oss/credentials.ts'
import type { Clock, Credentials, CredentialsProvider } from '../../../ports.ts'

/**
 * Keeps the credentials of a provider until they must be renewed, for all buckets that share it: a role is assumed once,
 * not for each bucket. If OSS refuses the same token for several buckets, the first one renews it. The others name the
 * old token and get the new one.
 */
export function cached(provider: CredentialsProvider, clock: Clock): CredentialsProvider {
  const shared = sharedCredentials(provider)
  return async ({ refresh, last }): Promise<Credentials> => {
    const now = clock.now()
    if (refresh) await shared.refresh(last, now)
    return shared.get(now)
  }
}
