// An instance of the kernel and its memory, divided into slots. The memory never grows, because growing would detach
// all its views, including those that a read or a socket uses. Pages that no code has touched take only address
// space.

import { KERNEL_MEMORY } from './crc64-kernel.ts'

const PAGE = 65_536
const ARENA_SIZE = 256 * PAGE
const ALIGNMENT = 64
/** Size of the area that other bytes are copied to before hashing. It is small enough to stay in the CPU cache. */
const STAGING_SIZE = 32_768

const align = (value: number) => Math.ceil(value / ALIGNMENT) * ALIGNMENT
const STAGING = align(KERNEL_MEMORY)
const SLOTS = STAGING + STAGING_SIZE

/** The parts of WebAssembly that this library uses. They are declared here because Node's types lack these classes. */
export interface Wasm {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  Instance: new (module: object, imports: { env: object }) => { exports: { crc64?: unknown } }
}

type Kernel = (previous: bigint, pointer: number, length: number) => bigint

interface Range {
  start: number
  end: number
}

export class Arena {
  readonly buffer: ArrayBuffer
  readonly #kernel: Kernel
  readonly #staging: Uint8Array
  /** Free ranges in the order of their addresses. Adjacent ranges are always joined. */
  readonly #free: Range[]
  /** Slots that are in use. */
  readonly #used: Range[] = []

  /** @param sizeMin minimum size in bytes that one slot must be able to have */
  constructor(wasm: Wasm, kernel: object, sizeMin: number) {
    const pages = Math.ceil(Math.max(ARENA_SIZE, SLOTS + align(sizeMin)) / PAGE)
    const memory = new wasm.Memory({ initial: pages, maximum: pages })
    this.#kernel = new wasm.Instance(kernel, { env: { memory } }).exports.crc64 as Kernel
    this.buffer = memory.buffer
    this.#staging = new Uint8Array(this.buffer, STAGING, STAGING_SIZE)
    this.#free = [{ start: SLOTS, end: pages * PAGE }]
  }

  get isEmpty(): boolean {
    return this.#used.length === 0
  }

  /** Hashes a view of this arena's own buffer in place. */
  hash(view: Uint8Array, previous: bigint): bigint {
    return BigInt.asUintN(64, this.#kernel(previous, view.byteOffset, view.length))
  }

  /** Hashes bytes of any buffer. Copies them block by block. */
  hashCopy(bytes: Uint8Array, previous: bigint): bigint {
    if (bytes.length <= STAGING_SIZE) {
      this.#staging.set(bytes)
      return BigInt.asUintN(64, this.#kernel(previous, STAGING, bytes.length))
    }
    let crc = previous
    for (let start = 0; start < bytes.length; start += STAGING_SIZE) {
      const block = bytes.subarray(start, start + STAGING_SIZE)
      this.#staging.set(block)
      crc = this.#kernel(crc, STAGING, block.length)
    }
    return BigInt.asUintN(64, crc)
  }

  /** Allocates a slot at the lowest free address. Returns `undefined` if no free range is large enough. */
  allocate(size: number): Uint8Array<ArrayBuffer> | undefined {
    // An empty slot takes space too, so that no two slots start at the same address.
    const room = Math.max(ALIGNMENT, align(size))
    const index = this.#free.findIndex(({ start, end }) => end - start >= room)
    const range = this.#free[index]
    if (!range) return undefined
    const { start } = range
    range.start += room
    if (range.start === range.end) this.#free.splice(index, 1)
    this.#used.push({ start, end: start + room })
    return new Uint8Array(this.buffer, start, size)
  }

  free(start: number): void {
    const place = this.#used.findIndex(used => used.start === start)
    const [slot] = place < 0 ? [] : this.#used.splice(place, 1)
    if (slot === undefined) throw new Error('Not a hashable buffer in use: freed already?')
    const after = this.#free.findIndex(range => range.start > start)
    const index = after < 0 ? this.#free.length : after
    this.#free.splice(index, 0, slot)
    this.#join(index)
    if (index > 0) this.#join(index - 1)
  }

  /** Joins a free range with the next one if they are adjacent. */
  #join(index: number): void {
    const range = this.#free[index]
    const next = this.#free[index + 1]
    if (!range || !next || range.end !== next.start) return
    range.end = next.end
    this.#free.splice(index + 1, 1)
  }
}
