// Sends parts, several at a time: as many as the line is worth at the moment.

import type { PartQueue, QueuedPart } from '../plan/part-queue.ts'
import type { Part } from '../plan/plan-parts.ts'
import type { Line } from '../schedule/line.ts'
import { noteCut } from './note-cut.ts'
import type { Run } from './run.ts'
import { type PartContent, sendPart, TooLarge } from './send-part.ts'

/**
 * Sends all parts of the queue, on as many connections as the line allows at each moment. A worker
 * ends after its part, never in the middle of it. The first failure stops all others at once.
 * @throws the first failure.
 */
export async function sendParts(
  run: Run,
  line: Line,
  queue: PartQueue,
  contentOf: (part: Part) => PartContent,
): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
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
      for (let part = take(); part !== undefined; part = crew.isOverstaffed ? undefined : take()) {
        const noting = noteCut(run, part)
        if (noting !== undefined) await noting
        try {
          const attempts = run.options.attempts - part.failures
          const isTooLarge = (breaks: number) => queue.isTooLarge(part, breaks)
          await sendPart(run, {
            line,
            part,
            content: contentOf(part),
            signal,
            attempts,
            isTooLarge,
          })
        } catch (error) {
          if (!(error instanceof TooLarge)) throw error
          queue.giveBack({ ...part, failures: part.failures + error.attempts })
          crew.moreWork()
          await run.clock.sleep(error.delayMs, signal)
        }
      }
    } catch (error) {
      failure ??= { error }
      stop.abort(error)
    }
    if (failure !== undefined || queue.isEmpty) crew.noWork()
    crew.ended()
    if (crew.workers === 0) finish()
  }

  const crew = line.enter(work, run.shared !== undefined)
  line.offer()
  await finished
  crew.leave()
  run.signal.throwIfAborted()
  if (failure !== undefined) throw failure.error
}
