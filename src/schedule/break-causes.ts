// Finds out why connections break. If each byte may break a connection, smaller parts help. If each request may
// (such as a proxy that drops every fifth request of any length), smaller parts make it worse, because they are
// more requests. The code fits a straight line by least squares: x is the logarithm of the part size, y is 1 for a
// break and 0 otherwise. The steeper the line, the larger the share of breaks that bytes cause. Pure.

import { partSizeMin } from '../limits.ts'

/** Weight that earlier attempts keep after each new one: about the last twenty count. */
const memory = 0.95
/** Weight of the prior: until sizes show a cause, each cause gets half of the breaks. */
const doubt = 2
/** If a larger share than this breaks, only smaller parts can help. */
const mostBreak = 0.7

export class BreakCauses {
  #attempts = 0
  #size = 0
  #squares = 0
  #breaks = 0
  #products = 0

  /** @param bytes the size of the part that was sent */
  observe(bytes: number, broke: boolean): void {
    const size = 1 + Math.log2(Math.max(1, bytes / partSizeMin))
    this.#attempts = this.#attempts * memory + 1
    this.#size = this.#size * memory + size
    this.#squares = this.#squares * memory + size * size
    this.#breaks = this.#breaks * memory + Number(broke)
    this.#products = this.#products * memory + (broke ? size : 0)
  }

  /** The share of the breaks that bytes cause, from 0 to 1. */
  get shareOfBytes(): number {
    if (this.#breaks === 0 || this.#breaks > mostBreak * this.#attempts) return 1
    // In units of the mean size, so that the prior gives both causes the same weight.
    const mean = this.#size / this.#attempts
    const squares = this.#squares / mean ** 2
    const products = this.#products / mean
    const height = this.#breaks * (squares + doubt) - this.#attempts * products
    const slope = (this.#attempts + doubt) * products - this.#attempts * this.#breaks
    return Math.max(0, slope) / (Math.max(0, slope) + Math.max(0, height))
  }
}
