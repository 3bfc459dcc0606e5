// Time on Node.js. A sleep is a real timer: it keeps the process alive until it ends or is called off.

import { setMaxListeners } from 'node:events'
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
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    if (signal === undefined) return
    // Many sleeps under one signal are no leak to be warned of.
    setMaxListeners(0, signal)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
