// Makes the queue of one round. Parts of a given size are cut at once; with `auto` each is cut when it is sent.

import { autoPartSize, partMs } from '../../plan/auto-part-size.ts'
import { cutBefore, cutOnDemand, type PartQueue } from '../../plan/part-queue.ts'
import type { Plan } from '../../plan/plan-parts.ts'
import type { Connections } from '../../schedule/connections.ts'
import type { Run } from '../run/run.ts'

/** @param size of the source */
export function queueParts(
  run: Pick<Run, 'options' | 'progress'>,
  connections: Connections,
  plan: Plan<{ partNumber: number; position: number; size: number }>,
  size: number,
): PartQueue {
  if (run.options.partSize !== 'auto') {
    run.progress.plan(plan.kept, plan.missing, false)
    return cutBefore(plan.missing)
  }
  run.progress.plan(plan.kept, [], false)
  return cutOnDemand(plan.gaps, size, uncut =>
    autoPartSize(connections.estimate, {
      uncut,
      connections: connections.target,
      aimMs: partMs[connections.phase],
    }),
  )
}
