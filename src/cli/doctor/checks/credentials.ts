import { CredentialsError } from '../../../runtimes/node/index.ts'
import { formatDuration } from '../../figures.ts'
import type { Check } from '../check.ts'

/** Whether there are credentials, and from where. Whether they are right, only OSS knows. */
export const credentials: Check = {
  name: 'credentials',
  needs: [],
  async run(world) {
    const places = await world.credentials()
    const used = places.find(({ outcome }) => outcome === 'used')
    const facts = { places }
    if (used === undefined) {
      const summary = 'none found'
      return {
        state: 'problem',
        summary,
        advice: [
          'Set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET (and OSS_SESSION_TOKEN with temporary ones).',
          ...places.map(
            ({ name, outcome, why }) => `${name}: ${outcome}${why === outcome ? '' : `, ${why}`}`,
          ),
        ],
        facts,
        error: new CredentialsError('MISSING_CREDENTIALS', summary),
      }
    }
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
      advice: ['Get new temporary credentials, or set the clock right.'],
      facts,
    }
  },
}
