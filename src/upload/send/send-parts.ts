// Sends parts, several at a time: as many as allowed at the moment.

import { linkedStop } from '../../async/signals.ts'
import type { OpenUpload } from '../../journal/fold.ts'
import type { PartQueue, QueuedPart } from '../../plan/part-queue.ts'
import type { Part } from '../../plan/plan-parts.ts'
import type { Connections } from '../../schedule/connections.ts'
import type { Run } from '../run/run.ts'
import { noteCut } from './note-cut.ts'
import type { PartSender } from './part-sender.ts'
import { sendPart } from './send-part.ts'

/**
 * Sends all parts of the queue, over as many connections as allowed. A worker ends after a part, or when its
 * connection broke; no part is stopped in the middle. The first failure stops all workers at once.
 * @throws the first failure
 */
export async function sendParts(
  run: Run,
  upload: OpenUpload,
  connections: Connections,
  queue: PartQueue,
  senderOf: (part: Part) => PartSender,
): Promise<void> {
  const stop = linkedStop(run.signal)
  const { signal } = stop
  let failure: { error: unknown } | undefined
  let finish = () => {}
  const finished = new Promise<void>(resolve => {
    finish = resolve
  })

  const take = (): QueuedPart | undefined => {
    if (failure !== undefined) return undefined
    const part = queue.next()
    if (part !== undefined) {
      run.progress.addPart(part, false)
      run.progress.expectParts(queue.uncutCount)
    }
    return part
  }
  const work = async () => {
    try {
      for (let part = take(); part !== undefined; part = workers.isOverLimit ? undefined : take()) {
        const noting = noteCut(run, part)
        if (noting !== undefined) await noting
        const whyRequeue = (breaks: number) => {
          if (workers.isOverLimit) return 'too many connections'
          return connections.breaksByBytes && queue.isTooLarge(part, breaks)
            ? 'too large'
            : undefined
        }
        const attempts = run.options.attempts - part.failures
        const sender = senderOf(part)
        const outcome = await sendPart(run, upload, {
          connections,
          part,
          sender,
          signal,
          attempts,
          whyRequeue,
        })
        if (outcome.kind === 'confirmed') continue
        await run.clock.sleep(outcome.delayMs, signal)
        const failures = part.failures + outcome.attempts
        queue.requeue({ ...part, failures }, outcome.why === 'too large' ? 'smaller' : 'last')
        workers.moreWork()
      }
    } catch (error) {
      failure ??= { error }
      stop.abort(error)
    }
    if (failure !== undefined || queue.isEmpty) workers.noWork()
    workers.ended()
    if (workers.count === 0) finish()
  }

  // Another upload may start these workers when it frees a connection. They must not run in its context.
  const start = run.bindContext?.(work) ?? work
  const workers = connections.enter(start, run.shared !== undefined)
  connections.offer()
  await finished
  stop.leave()
  workers.leave()
  run.signal.throwIfAborted()
  if (failure !== undefined) throw failure.error
}
