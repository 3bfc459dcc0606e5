/** Runs a limited number of tasks at a time, in the order in which they arrived. */
export class Gate {
  readonly #width: () => number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  /** @param width maximum number of tasks at the moment; at least 1 */
  constructor(width: () => number) {
    this.#width = width
  }

  /** Runs `work` as soon as fewer than `width` tasks are running. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#width()) {
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    } else this.#inside++
    try {
      return await work()
    } finally {
      this.#left()
    }
  }

  #left(): void {
    this.#inside--
    while (this.#waiting.length > 0 && this.#inside < this.#width()) {
      this.#inside++
      this.#waiting.shift()?.()
    }
  }
}
