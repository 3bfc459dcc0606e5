// Journals the sizes of parts that are cut while sending. With them, the next run finds parts that OSS has and the
// journal does not. A record is written only if it differs from the last one.

import type { QueuedPart } from '../../plan/part-queue.ts'
import type { Run } from '../run/run.ts'

/** Called before a part is sent. Returns `undefined` if there is nothing to write. */
export function noteCut(run: Run, part: QueuedPart): Promise<void> | undefined {
  const { partNumber: n, lastNumber, position: o, size: s } = part
  const k = lastNumber - n + 1
  const last = run.checkpoint.state.cuts.at(-1)
  if (last !== undefined) {
    const steps = (n - last.n) / last.k
    if (steps >= 0 && o === last.o + steps * last.s && s === last.s) return undefined
  }
  return run.checkpoint.record({ t: 'cut', n, o, s, k })
}
