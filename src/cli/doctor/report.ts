// Prints the findings as text or JSON, and counts them.

import type { Screen } from '../output/screen.ts'
import type { CheckState } from './check.ts'
import type { Named } from './examine.ts'
import { findingText, type TextOptions } from './finding-text.ts'

export class Report {
  readonly #screen: Screen
  readonly #look: TextOptions
  readonly #counts: Record<CheckState, number> = { ok: 0, warning: 0, problem: 0, skipped: 0 }
  readonly #problems: Named[] = []

  constructor(screen: Screen) {
    this.#screen = screen
    // The report goes to standard output, so its width and colours count, not those of standard error.
    const { isTTY, columns } = screen.stdout
    this.#look = {
      columns: (isTTY && columns) || 80,
      paint: isTTY ? (colour, text) => screen.paint(colour, text) : (_, text) => text,
    }
  }

  /** On a terminal, shows the name of the running check until its finding replaces it. */
  begin(check: string): void {
    if (this.#screen.live) this.#screen.draw(`… ${check}`)
  }

  add(finding: Named): void {
    const { check, state, summary, hints = [], facts = {}, waitsFor } = finding
    this.#counts[state] += 1
    if (state === 'problem') this.#problems.push(finding)
    if (this.#screen.json) {
      const more = { ...(waitsFor !== undefined && { waitsFor }), ...facts }
      this.#screen.result('check', { check, state, summary, hints, ...more }, '')
    } else {
      this.#show(finding)
    }
  }

  end(): { counts: Readonly<Record<CheckState, number>>; problems: readonly Named[] } {
    return { counts: this.#counts, problems: this.#problems }
  }

  #show(finding: Named): void {
    const { state } = finding
    const text = findingText(finding, this.#look)
    // With --quiet, only problems are printed.
    if (this.#screen.says('info') || state === 'problem') this.#screen.result('check', {}, text)
  }
}
