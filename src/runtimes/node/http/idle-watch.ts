// One timer for one request. It looks a few times per time-out at what has moved, instead of being
// set again by every byte. A process that stood still finds one look missed, not a stalled line.

const looksPerTimeout = 4

export class IdleWatch {
  readonly #moved: () => number
  readonly #onIdle: () => void
  readonly #timer: NodeJS.Timeout
  #last: number
  #quiet = 0

  /** @param moved a number that changes with every byte, in whatever direction */
  constructor(idleTimeoutMs: number, moved: () => number, onIdle: () => void) {
    this.#moved = moved
    this.#onIdle = onIdle
    this.#last = moved()
    this.#timer = setTimeout(() => this.#look(), Math.ceil(idleTimeoutMs / looksPerTimeout))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #look(): void {
    const moved = this.#moved()
    this.#quiet = moved === this.#last ? this.#quiet + 1 : 0
    this.#last = moved
    if (this.#quiet < looksPerTimeout) this.#timer.refresh()
    else this.#onIdle()
  }
}
