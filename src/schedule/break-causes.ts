// Why connections break: by what passes (each byte may be the last), or by request (a box on the way cuts
// off every fifth, however long it is). Against the one smaller parts help; by the other they make it
// worse, since there are more of them. A straight line through "did it break" over the logarithm of the size, by
// least squares: as far as it rises it is the bytes. Pure.

import { partSizeMin } from '../limits.ts'

/** Weight of all earlier attempts at each further one: about the last twenty count. */
const memory = 0.95
/** Weight of having no opinion: as long as sizes do not tell, each cause has half of the breaks. */
const doubt = 2
/** Where even more than this share breaks, smaller parts are the only hope. */
const mostBreak = 0.7

export class BreakCauses {
  #attempts = 0
  #size = 0
  #squares = 0
  #breaks = 0
  #products = 0

  /** @param bytes that were to be sent */
  observe(bytes: number, broke: boolean): void {
    const size = 1 + Math.log2(Math.max(1, bytes / partSizeMin))
    this.#attempts = this.#attempts * memory + 1
    this.#size = this.#size * memory + size
    this.#squares = this.#squares * memory + size * size
    this.#breaks = this.#breaks * memory + Number(broke)
    this.#products = this.#products * memory + (broke ? size : 0)
  }

  /** The share of the breaks that is owed to bytes, from 0 to 1. */
  get shareOfBytes(): number {
    if (this.#breaks === 0 || this.#breaks > mostBreak * this.#attempts) return 1
    // In units of the mean size, so that the doubt weighs on both causes alike.
    const mean = this.#size / this.#attempts
    const squares = this.#squares / mean ** 2
    const products = this.#products / mean
    const height = this.#breaks * (squares + doubt) - this.#attempts * products
    const slope = (this.#attempts + doubt) * products - this.#attempts * this.#breaks
    return Math.max(0, slope) / (Math.max(0, slope) + Math.max(0, height))
  }
}
