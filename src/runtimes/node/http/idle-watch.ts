// One timer for all requests with the same time-out. It looks a few times per time-out at what has moved,
// instead of being set by every request or every byte. A process that stood still finds one look missed,
// not a stalled line.

import { Roster } from '../../../async/roster.ts'

const looksPerTimeout = 4

/** What may stand still. */
export interface Movable {
  /** Changes with every byte, in whatever direction; `undefined` while nothing is meant to move. */
  readonly moved: number | undefined
  /** Nothing has moved for the time-out, or up to a quarter of it longer. */
  onIdle(): void
}

interface Watched {
  readonly movable: Movable
  /** What had moved at the last look; `undefined` before the first, which comes at any time. */
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

/** Those with one time-out. Ends at a look that finds nobody: it outlives the pauses between requests. */
class Round {
  readonly watched = new Roster<Watched>()
  readonly #timer: NodeJS.Timeout
  readonly #onEnd: () => void

  constructor(idleTimeoutMs: number, onEnd: () => void) {
    this.#onEnd = onEnd
    // What is watched keeps the process alive by itself.
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
