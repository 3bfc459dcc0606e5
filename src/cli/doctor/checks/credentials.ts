import {
  CredentialsError,
  type CredentialsLink,
  describeLink,
} from '../../../runtimes/node/index.ts'
import { formatDuration } from '../../output/figures.ts'
import type { Check, Finding } from '../check.ts'

/** Checks that credentials exist, and names their source. Only a request to OSS can show that they are correct. */
export const credentials: Check = {
  name: 'credentials',
  needs: [],
  async run(world) {
    const places = await world.credentials()
    const used = places.find(({ outcome }) => outcome === 'used')
    const facts = { places }
    if (used === undefined) return { ...noneOf(places), facts }
    const { name, why, accessKeyId, expiresAt } = used
    const words = `${name}: ${why}${accessKeyId === undefined ? '' : `, ${accessKeyId}`}`
    if (expiresAt === undefined) return { state: 'ok', summary: words, facts }
    const left = expiresAt - world.now()
    if (left > 0) {
      return { state: 'ok', summary: `${words}, for another ${formatDuration(left)}`, facts }
    }
    return {
      state: 'warning',
      summary: `${words}, ended ${formatDuration(-left)} ago by this computer's clock`,
      hints: ['Get new temporary credentials, or set the clock right.'],
      facts,
    }
  },
}

function noneOf(places: readonly CredentialsLink[]): Finding {
  const failed = places.find(({ outcome, isGuess }) => outcome === 'failed' && !isGuess)
  const summary = failed === undefined ? 'none found' : describeLink(failed)
  if (failed?.retryable) {
    const error = new CredentialsError('CREDENTIALS_UNAVAILABLE', summary, { retryable: true })
    return {
      state: 'problem',
      summary,
      hints: ['It may pass by itself: run it again in a while.'],
      error,
    }
  }
  return {
    state: 'problem',
    summary,
    hints:
      failed === undefined
        ? [
            'Set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET (and OSS_SESSION_TOKEN with temporary ones), or choose a --profile.',
            ...places.map(describeLink),
          ]
        : [
            'Put that right, or set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or choose a --profile.',
          ],
    error: new CredentialsError('MISSING_CREDENTIALS', summary),
  }
}
