// One timer for all requests with the same timeout. Several times per timeout it checks whether bytes moved, so
// requests and bytes need no timers of their own. A suspended process misses only one check, so the pause does not
// count as a stall.

import { Roster } from '../../../async/roster.ts'

const looksPerTimeout = 4

/** A request that may stall. */
export interface Movable {
  /** Changes with each byte in either direction; `undefined` while no bytes should move. */
  readonly moved: number | undefined
  /** Called when no byte has moved for the timeout, or up to a quarter longer. */
  onIdle(): void
}

interface Watched {
  readonly movable: Movable
  /** The value at the last look; `undefined` before the first look. */
  last: number | undefined
  quiet: number
}

export class IdleWatch {
  readonly #rounds = new Map<number, Round>()

  watch(movable: Movable, idleTimeoutMs: number): void {
    let round = this.#rounds.get(idleTimeoutMs)
    if (round === undefined) {
      round = new Round(idleTimeoutMs, () => this.#rounds.delete(idleTimeoutMs))
      this.#rounds.set(idleTimeoutMs, round)
    }
    round.watched.add({ movable, last: undefined, quiet: 0 })
  }

  leave(movable: Movable, idleTimeoutMs: number): void {
    const watched = this.#rounds.get(idleTimeoutMs)?.watched
    const one = watched?.find(({ movable: other }) => other === movable)
    if (one !== undefined) watched?.delete(one)
  }
}

/** All requests with one timeout. The timer ends at a look without requests, so it stays during short pauses. */
class Round {
  readonly watched = new Roster<Watched>()
  readonly #timer: NodeJS.Timeout
  readonly #onEnd: () => void

  constructor(idleTimeoutMs: number, onEnd: () => void) {
    this.#onEnd = onEnd
    // The timer must not keep the process alive; the requests do.
    this.#timer = setInterval(
      () => this.#look(),
      Math.ceil(idleTimeoutMs / looksPerTimeout),
    ).unref()
  }

  #look(): void {
    if (this.watched.size === 0) {
      clearInterval(this.#timer)
      this.#onEnd()
      return
    }
    for (const watched of this.watched) {
      const { movable } = watched
      const { moved } = movable
      watched.quiet = moved !== undefined && moved === watched.last ? watched.quiet + 1 : 0
      watched.last = moved
      if (watched.quiet >= looksPerTimeout) movable.onIdle()
    }
  }
}
