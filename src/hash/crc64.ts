// CRC-64/XZ, which OSS calls CRC-64 and sends as an unsigned decimal number in
// `x-oss-hash-crc64ecma`. Everything is made on first use; importing this file does no work.
// A WebAssembly kernel does the hashing where WebAssembly with SIMD may be used, else a table in
// plain JavaScript, with the same results. The kernel can only read its own memory: buffers
// allocated here lie in it and are hashed in place, all others are copied first.

import { Arena, type Wasm } from './crc64-arena.ts'
import { KERNEL } from './crc64-kernel.ts'
import { crc64ByTable } from './crc64-table.ts'

export { crc64Combine } from './crc64-combine.ts'

/**
 * What this file exports, bound to one engine. Made directly only by tests.
 * @internal
 */
export interface Crc64 {
  crc64(bytes: Uint8Array, previous: bigint): bigint
  allocateHashable(size: number): Uint8Array<ArrayBuffer>
  freeHashable(buffer: Uint8Array): void
}

/**
 * @param wasm the engine's WebAssembly, or nothing where it has none
 * @internal
 */
export function createCrc64(wasm: Wasm | undefined): Crc64 {
  const byTable: Crc64 = {
    crc64: crc64ByTable,
    allocateHashable: size => new Uint8Array(size),
    freeHashable: () => {},
  }
  if (!wasm) return byTable
  let kernel: object
  let first: Arena
  try {
    kernel = new wasm.Module(Uint8Array.from(atob(KERNEL), char => char.charCodeAt(0)))
    first = new Arena(wasm, kernel, 0)
  } catch {
    // No SIMD, forbidden by a content security policy, or no address space for the memory.
    return byTable
  }

  // One arena is nearly always enough. Each reserves gigabytes of address space, so the further
  // ones go when their last slot is freed.
  const arenas = [first]
  const arenaOf = (bytes: Uint8Array) => arenas.find(({ buffer }) => buffer === bytes.buffer)

  return {
    crc64(bytes, previous) {
      const arena = arenaOf(bytes)
      return arena ? arena.hash(bytes, previous) : first.hashCopy(bytes, previous)
    },
    allocateHashable(size) {
      if (!Number.isSafeInteger(size) || size < 0) {
        throw new RangeError(`Size of a buffer: expected a safe integer from 0, got ${size}`)
      }
      for (const arena of arenas) {
        const slot = arena.allocate(size)
        if (slot) return slot
      }
      try {
        const arena = new Arena(wasm, kernel, size)
        const slot = arena.allocate(size)
        if (slot) {
          arenas.push(arena)
          return slot
        }
      } catch {
        // Out of address space: an ordinary buffer hashes too, only slower.
      }
      return byTable.allocateHashable(size)
    },
    freeHashable(buffer) {
      const arena = arenaOf(buffer)
      if (!arena) return
      arena.free(buffer.byteOffset)
      if (arena.isEmpty && arena !== first) arenas.splice(arenas.indexOf(arena), 1)
    },
  }
}

let shared: Crc64 | undefined

function engine(): Crc64 {
  shared ??= createCrc64((globalThis as { WebAssembly?: Wasm }).WebAssembly)
  return shared
}

/**
 * CRC-64/XZ of bytes, from 0 to 2^64 - 1. Hashing in pieces gives the same as hashing at once.
 * `String` of it is what results and OSS's answers have as `crc64`.
 * @param previous the CRC of the bytes before these
 */
export function crc64(bytes: Uint8Array, previous = 0n): bigint {
  return engine().crc64(bytes, previous)
}

/**
 * A buffer that `crc64` hashes without copying. Read into it and send from it like any other, but
 * do not transfer it: its memory is shared with other buffers and cannot be detached. Its content
 * is undefined. It stays taken until it is given to `freeHashable`.
 * @param size bytes
 * @throws {RangeError} if the size is negative or not a safe integer, or memory has run out
 * @internal
 */
export function allocateHashable(size: number): Uint8Array<ArrayBuffer> {
  return engine().allocateHashable(size)
}

/**
 * Gives back a buffer from `allocateHashable`. Its memory may be handed out again at once, so no
 * read or write of it may be under way.
 * @throws {Error} if it was given back before
 * @internal
 */
export function freeHashable(buffer: Uint8Array): void {
  engine().freeHashable(buffer)
}
