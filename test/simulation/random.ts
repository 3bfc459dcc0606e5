// Chance from a seed. Each concern draws from a stream of its own, so that one more draw in one place
// leaves all others as they were, and a seed stays the story it was.

import type { Random } from '../../src/ports.ts'

export class Dice implements Random {
  #state: [number, number, number, number]

  /** @param name of the concern that draws */
  constructor(seed: number, name: string) {
    let hash = 0x811c9dc5
    for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
    this.#state = [seed | 0, Math.floor(seed / 2 ** 32) | 0, hash, 1]
    for (let round = 0; round < 12; round++) this.next()
  }

  /** sfc32: small, fast, and good enough to tell stories. */
  next(): number {
    const [a, b, c, count] = this.#state
    const sum = (((a + b) | 0) + count) | 0
    this.#state = [
      b ^ (b >>> 9),
      (c + (c << 3)) | 0,
      (((c << 21) | (c >>> 11)) + sum) | 0,
      (count + 1) | 0,
    ]
    return (sum >>> 0) / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  /** Small numbers as often as large ones, by order of magnitude. */
  log(from: number, to: number): number {
    return from * (to / from) ** this.next()
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.whole(0, choices.length - 1)]
    if (choice === undefined) throw new RangeError('Nothing to pick from')
    return choice
  }

  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.whole(0, 255))
  }
}
