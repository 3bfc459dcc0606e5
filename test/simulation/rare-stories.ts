// Kinds of stories that seeds seldom draw, made common: what a seed drew, with a few things fixed. Bugs that
// need such a story are found within thousands of seeds instead of hundreds of thousands.

import type { Plan, RunOptions } from './plan.ts'
import { partSizeMin } from './small-limits.ts'

export const rareStories = {
  /** The first run loses the answer to Complete, and OSS works on it while the next one starts. */
  'a stream whose Complete is slow': (plan: Plan): Plan => {
    const inParts = (options: RunOptions): RunOptions => ({
      ...options,
      partSize: typeof options.partSize === 'number' ? options.partSize : 2 * partSizeMin,
      multipartThreshold: 0,
      checkpoint: true,
      attempts: 1,
      metadata: 'first',
      forbidOverwrite: false,
    })
    const runs = plan.runs.map(run => ({
      ...run,
      options: inParts(run.options),
      incidents: [],
      pauseMs: Math.min(run.pauseMs, 1000),
      variation: { ...run.variation, cutOff: 1, changesAfter: false },
    }))
    return {
      ...plan,
      size: Math.max(plan.size, 4 * partSizeMin),
      variation: { stream: plan.variation.stream ?? 'known', oss2: undefined, waiters: 1 },
      runs,
      lastOptions: inParts(plan.lastOptions),
      denied: [],
      completeMs: 5000 + plan.latencyMs,
      faults: [
        { fault: 'answer-lost', rate: 0.8, operations: ['CompleteMultipartUpload'] },
        { fault: 'error-before', rate: 0.5, operations: ['HeadObject'] },
      ],
    }
  },
} satisfies Readonly<Record<string, (plan: Plan) => Plan>>

export type RareStory = keyof typeof rareStories
