// A computer: its wall clock, which may be wrong and may jump, and its disk.

import type { SimulatedDisk } from './simulated-disk.ts'
import type { VirtualTime } from './virtual-time.ts'

/** When every story begins, by OSS's clock, epoch milliseconds. */
export const epoch = Date.UTC(2026, 0, 1)

export class Machine {
  readonly disk: SimulatedDisk
  readonly #time: VirtualTime
  /** Milliseconds by which the wall clock is ahead of OSS's. */
  offset: number

  constructor(time: VirtualTime, disk: SimulatedDisk, offset: number) {
    this.#time = time
    this.disk = disk
    this.offset = offset
  }

  wallClock(): number {
    return epoch + this.#time.now + this.offset
  }
}
