import { NetworkError } from '../../../runtimes/node/index.ts'
import { formatDuration } from '../../output/figures.ts'
import type { Check } from '../check.ts'

/** Checks that the answer comes from OSS, not from a captive portal, a proxy or a wrong host. */
export const answer: Check = {
  name: 'answer',
  needs: ['tls'],
  async run(world) {
    const { status, headers, sentAt, receivedAt } = await world.answer()
    const server = headers.server ?? 'somebody without a name'
    const requestId = headers['x-oss-request-id']
    const facts = { status, server, requestId, afterMs: receivedAt - sentAt }
    if (requestId !== undefined) {
      const after = formatDuration(receivedAt - sentAt)
      return { state: 'ok', summary: `OSS answers in ${after} (request ${requestId})`, facts }
    }
    const what = `what answers is not OSS: ${server}, status ${status}`
    return {
      state: 'problem',
      summary: what,
      hints: [
        'Check the endpoint. A proxy, or a network that wants you to sign in first, may answer in its place.',
      ],
      facts,
      error: new NetworkError('NOT_OSS', what, { sent: 'maybe' }),
    }
  },
}
