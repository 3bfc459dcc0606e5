// Bytes a second over the last few seconds. Pure but for its own samples: `now` is given.

const windowMs = 5000
const sampleMs = 250

export class Rate {
  #samples: { readonly at: number; readonly bytes: number }[] = []
  #bytes = 0

  /** Notes that `bytes` were sent in all by `now`, milliseconds. */
  add(now: number, bytes: number): void {
    this.#bytes = bytes
    const last = this.#samples.at(-1)
    if (last !== undefined && now - last.at < sampleMs) return
    this.#samples.push({ at: now, bytes })
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= windowMs) {
      this.#samples.shift()
    }
  }

  /** Bytes a second; `undefined` until there is a second to judge by. */
  perSecond(now: number): number | undefined {
    const first = this.#samples[0]
    if (first === undefined || now - first.at < 1000) return undefined
    return ((this.#bytes - first.bytes) / (now - first.at)) * 1000
  }
}
