// What happened, in order. Always folded into a digest, which two runs of one seed must share; kept as
// text only when it is printed.

export class Trace {
  readonly lines: string[] | undefined
  #low = 0x811c9dc5
  #high = 0x1234567
  readonly #now: () => number

  constructor(now: () => number, isKept: boolean) {
    this.#now = now
    this.lines = isKept ? [] : undefined
  }

  note(who: string, what: string): void {
    this.#fold(`${who} ${what}`)
    if (this.lines === undefined) return
    const seconds = (this.#now() / 1000).toFixed(3).padStart(12)
    this.lines.push(`${seconds}  ${who.padEnd(9)} ${what}`)
  }

  /** 16 hex digits. */
  get digest(): string {
    return [this.#high, this.#low].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #fold(text: string): void {
    let low = this.#low ^ Math.floor(this.#now())
    let high = this.#high
    for (let at = 0; at < text.length; at++) {
      low = Math.imul(low ^ text.charCodeAt(at), 0x01000193)
      high = Math.imul(high + low, 0x85ebca6b) ^ (low >>> 13)
    }
    this.#low = low
    this.#high = high
  }
}
