// Time on Node.js. A sleep is a real timer: it keeps the process alive until it ends or is cancelled.

import { onAbort } from '../../../async/signals.ts'
import type { Clock } from '../../../ports.ts'

/** Longer delays make `setTimeout` fire at once. */
const timerMax = 2 ** 31 - 1

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    const endsAt = performance.now() + ms
    do {
      await wait(Math.min(Math.max(0, endsAt - performance.now()), timerMax), signal)
    } while (endsAt - performance.now() >= 1)
  },
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const timer = setTimeout(() => {
      leave?.()
      resolve()
    }, ms)
    const leave =
      signal &&
      onAbort(signal, () => {
        clearTimeout(timer)
        reject(signal.reason)
      })
  })
}
