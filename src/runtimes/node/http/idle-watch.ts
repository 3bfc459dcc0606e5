// One timer for one request. It looks a few times per time-out at what has moved, instead of being
// set again by every byte. A process that stood still finds one look missed, not a stalled line.

const looksPerTimeout = 4

export class IdleWatch {
  readonly #moved: () => number | undefined
  readonly #onIdle: () => void
  readonly #timer: NodeJS.Timeout
  #last: number | undefined
  #quiet = 0

  /**
   * @param moved a number that changes with every byte, in whatever direction; `undefined` while
   * nothing is meant to move
   */
  constructor(idleTimeoutMs: number, moved: () => number | undefined, onIdle: () => void) {
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
    this.#quiet = moved !== undefined && moved === this.#last ? this.#quiet + 1 : 0
    this.#last = moved
    if (this.#quiet < looksPerTimeout) this.#timer.refresh()
    else this.#onIdle()
  }
}
