// What a single request tells the line that many share: how long it took for how much.

import type { Clock } from '../../ports.ts'
import type { Line } from '../../schedule/line.ts'
import { outcomeOf } from './send-part.ts'

/**
 * A request takes a round trip, however little it carries: for the line it counts as so many bytes
 * more. Without that a folder of tiny files would look like a line that got slow.
 */
const requestCost = 128 * 1024

export interface LineWatch {
  /** An attempt begins. */
  began(): void
  sent(bytes: number): void
  /** An attempt ends; with the error, if it failed. */
  ended(error?: unknown): void
}

/** @param size bytes of the request's body */
export function watchLine(line: Line, clock: Clock, size: number): LineWatch {
  let begunAt = clock.monotonic()
  let endedAt = begunAt
  let sent = 0
  return {
    began() {
      begunAt = clock.monotonic()
      sent = 0
    },
    sent(bytes) {
      sent += bytes
      line.moved(clock.monotonic(), bytes)
    },
    ended(error) {
      // The pause before another attempt is part of what that attempt costs.
      const startedAt = endedAt
      endedAt = clock.monotonic()
      const outcome = error === undefined ? 'confirmed' : outcomeOf(error)
      if (outcome === undefined) return
      const bytes = outcome === 'confirmed' ? size + requestCost : 0
      const pausedMs = begunAt - startedAt
      line.attemptEnded({ startedAt, endedAt, bytes, outcome }, { size, sent, pausedMs })
    },
  }
}
