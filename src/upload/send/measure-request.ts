// Reports the time and the bytes of a single request to the shared connections.

import type { Clock } from '../../ports.ts'
import type { Connections } from '../../schedule/connections.ts'
import { outcomeOf } from './send-part.ts'

/**
 * Bytes that count for each request in addition, because a request takes a round trip even for one byte.
 * Otherwise many tiny files would look like a slow network.
 */
const requestCost = 128 * 1024

export interface RequestMeter {
  /** Called when an attempt starts. */
  began(): void
  sent(bytes: number): void
  /** Called when an attempt ends; with its error, if it failed. */
  ended(error?: unknown): void
}

/** @param size bytes of the request's body */
export function measureRequest(connections: Connections, clock: Clock, size: number): RequestMeter {
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
      connections.moved(clock.monotonic(), bytes)
    },
    ended(error) {
      // The pause before another attempt is part of what that attempt costs.
      const startedAt = endedAt
      endedAt = clock.monotonic()
      const outcome = error === undefined ? 'confirmed' : outcomeOf(error)
      if (outcome === undefined) return
      const bytes = outcome === 'confirmed' ? size + requestCost : 0
      const pausedMs = begunAt - startedAt
      connections.attemptEnded({ startedAt, endedAt, bytes, outcome }, { size, sent, pausedMs })
    },
  }
}
