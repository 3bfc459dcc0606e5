// A file in memory, with a file's stamps, which a test may edit while it is uploaded.

import type { Identity, Source } from '../../../src/ports.ts'
import { between, seeded } from './random.ts'
import type { VirtualClock } from './virtual-clock.ts'

export class EditableSource implements Source {
  readonly name: string
  readonly id: string
  bytes: Uint8Array
  closed = 0
  /** Called before each read; may edit. */
  onRead: (position: number) => void = () => {}
  readonly #clock: VirtualClock
  #changedAt: number
  #stamp = 0

  /** @param ageMs how long ago it was last written */
  constructor(clock: VirtualClock, size: number, { name = '/tmp/file.bin', ageMs = 60_000 } = {}) {
    this.#clock = clock
    this.name = name
    this.id = name
    this.bytes = noise(size, 1)
    this.#changedAt = clock.now() - ageMs
  }

  /** Writes into it, as a program does: the content and the stamps change. */
  edit(change: (bytes: Uint8Array) => Uint8Array | undefined): void {
    this.bytes = change(this.bytes) ?? this.bytes
    this.#changedAt = this.#clock.now()
    this.#stamp++
  }

  async identity(): Promise<Identity> {
    const ns = String(BigInt(Math.floor(this.#changedAt)) * 1_000_000n + BigInt(this.#stamp))
    return { size: this.bytes.length, mtimeNs: ns, ctimeNs: ns, inode: '7' }
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    this.onRead(position)
    const chunk = this.bytes.subarray(position, position + into.length)
    into.set(chunk)
    return chunk.length
  }

  async close(): Promise<void> {
    this.closed++
  }
}

export function noise(size: number, seed: number): Uint8Array {
  const random = seeded(seed)
  const bytes = new Uint8Array(size)
  const block = 4096
  for (let at = 0; at < block; at++) bytes[at] = between(random, 0, 255)
  for (let done = block; done < size; done *= 2) bytes.copyWithin(done, 0, done)
  // No two blocks are equal, so that a range read at the wrong place shows.
  for (let at = 0; at < size; at += block) bytes[at] = (at / block) & 0xff
  return bytes
}
