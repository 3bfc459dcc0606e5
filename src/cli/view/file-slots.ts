// Decides which files in progress are shown, and in which row. A file is shown after it has been in progress for a
// moment, and keeps its row until it is done. Small files, which take only moments, therefore do not make the view
// flicker.

import type { ActiveFile } from '../../runtimes/node/index.ts'

/** A name cannot be read in less time. */
const shownFromMs = 700

export class FileSlots {
  readonly #since = new Map<string, number>()
  #slots: (string | undefined)[] = []

  /** The file of each row; `undefined` for a free row. At most `rows` rows; the number never falls. */
  place(active: readonly ActiveFile[], rows: number, now: number): (ActiveFile | undefined)[] {
    const byKey = new Map(active.map(file => [file.key, file]))
    for (const key of this.#since.keys()) if (!byKey.has(key)) this.#since.delete(key)
    for (const key of byKey.keys()) if (!this.#since.has(key)) this.#since.set(key, now)
    const slots = this.#slots
      .slice(0, rows)
      .map(key => (key !== undefined && byKey.has(key) ? key : undefined))
    const shown = new Set(slots)
    const waiting = active
      .filter(({ key }) => !shown.has(key) && now - (this.#since.get(key) ?? now) >= shownFromMs)
      // The largest files take longest, so they get the free rows.
      .sort((a, b) => b.size - a.size)
    for (const { key } of waiting) {
      const free = slots.indexOf(undefined)
      if (free >= 0) slots[free] = key
      else if (slots.length < rows) slots.push(key)
      else break
    }
    this.#slots = slots
    return slots.map(key => (key === undefined ? undefined : byKey.get(key)))
  }
}
