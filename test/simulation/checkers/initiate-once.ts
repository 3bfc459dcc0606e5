// Rule 7: an intent is journaled and synced before each Initiate, so that what a lost answer leaves behind
// can be found; an attempt that may have worked is never repeated under the same intent.

import { NetworkError } from '../../../src/errors.ts'
import type { Sent } from '../simulated-network.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

export function initiateOnce(world: World): Checker {
  /** Intents of a process: written, synced, and then spent by a request that may have worked. */
  const intents = new Map<number, 'written' | 'synced' | 'spent'>()
  return {
    onRecords(process, records) {
      for (const { t } of records) if (t === 'intent') intents.set(process.number, 'written')
    },
    onSync(process) {
      if (intents.get(process.number) === 'written') intents.set(process.number, 'synced')
    },
    onSend({ operation, by }) {
      if (operation !== 'InitiateMultipartUpload' || !world.process(by).options.checkpoint) return
      const intent = intents.get(by)
      if (intent === 'synced') return
      const what = intent === 'spent' ? 'again under the same intent' : 'without an intent on disk'
      world.violate('7 initiate', `Initiate is sent ${what}`)
    },
    onSettled(sent) {
      if (sent.operation === 'InitiateMultipartUpload' && !isRefused(sent)) {
        intents.set(sent.by, 'spent')
      }
    },
  }
}

function isRefused({ status, code, error }: Sent): boolean {
  if (status === undefined) return error instanceof NetworkError && error.sent === 'nothing'
  return status >= 400 && status < 500 && code !== undefined
}
