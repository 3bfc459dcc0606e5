// Blobs that readers still need. They can outlive the records that named them, and also the catalogue: after a failed
// write the store has a new catalogue, while readers of the old one continue.

import type { Segment } from './records.ts'

export class BlobHolds {
  readonly #counts = new Map<string, number>()
  /** Held blobs whose last record was removed. */
  readonly #unused = new Set<string>()

  hold(segments: readonly Segment[]): void {
    for (const { blob } of segments) this.#counts.set(blob, (this.#counts.get(blob) ?? 0) + 1)
  }

  /** Releases the blobs of a reader. Returns the blobs that are no longer needed. */
  letGo(segments: readonly Segment[]): readonly string[] {
    const free: string[] = []
    for (const { blob } of segments) {
      const left = (this.#counts.get(blob) ?? 0) - 1
      if (left > 0) this.#counts.set(blob, left)
      else {
        this.#counts.delete(blob)
        if (this.#unused.delete(blob)) free.push(blob)
      }
    }
    return free
  }

  isHeld(blob: string): boolean {
    return this.#counts.has(blob)
  }

  /** Keeps unused blobs that readers still hold, until they are released. Returns the others. */
  keepHeld(unused: readonly string[]): readonly string[] {
    for (const blob of unused) if (this.isHeld(blob)) this.#unused.add(blob)
    return unused.filter(blob => !this.isHeld(blob))
  }
}
