// A signer may be foreign code that asks a foreign server. Its results are checked here, and each of its errors
// becomes one of ours.

import { CredentialsError, isOssupError } from '../errors.ts'
import { isThenable } from '../foreign/promise.ts'
import type { Signer } from './signer.ts'

/** The same signer, but it rejects only with errors of this library, and returns only strings. */
export function guardedSigner(signer: Signer): Signer {
  const { ready, refresh, presign, endsAt } = signer
  return {
    sign(request) {
      const signing = attempt(() => signer.sign(request))
      return isThenable(signing) ? Promise.resolve(signing).then(checkTexts) : checkTexts(signing)
    },
    ...(ready && { ready: async at => attempt(() => ready.call(signer, at)) }),
    ...(refresh && {
      refresh: async (failed, at) => attempt(() => refresh.call(signer, failed, at)),
    }),
    ...(endsAt && { endsAt: async at => attempt(() => endsAt.call(signer, at)) }),
    ...(presign && {
      presign: async (request, expires) =>
        checkTexts(await attempt(() => presign.call(signer, request, expires))),
    }),
  }
}

function attempt<T>(ask: () => T | Promise<T>): T | Promise<T> {
  try {
    const answer = ask()
    return isThenable(answer) ? Promise.resolve(answer).catch(failed) : answer
  } catch (error) {
    return failed(error)
  }
}

/** The message of the signer's error stays in `cause`, because it may quote a secret. */
function failed(cause: unknown): never {
  if (isOssupError(cause)) throw cause
  throw new CredentialsError('CREDENTIALS_UNAVAILABLE', 'The signer failed', {
    cause,
    retryable: true,
    hint: 'Look at the cause of this error',
  })
}

function checkTexts(texts: Record<string, string>): Record<string, string> {
  const isUsable =
    typeof texts === 'object' &&
    texts !== null &&
    Object.values(texts).every(text => typeof text === 'string') &&
    Object.keys(texts).length > 0
  if (isUsable) return texts
  throw new CredentialsError('MISSING_SIGNATURE', 'The signer gave no signature', {
    hint: 'sign gives the headers to add and presign the whole query, as objects of names and texts',
  })
}
