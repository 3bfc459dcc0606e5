// CRC-64/XZ. OSS calls it CRC-64 and sends it as an unsigned decimal number in `x-oss-hash-crc64ecma`. Importing this
// file does no work: everything is created on first use. If WebAssembly with SIMD is allowed, a WebAssembly kernel
// computes the hash. Otherwise a table in plain JavaScript does, with the same results. The kernel can only read its
// own memory. Buffers allocated here are in that memory and are hashed in place; other buffers are copied first.

import { Arena, type Wasm } from './crc64-arena.ts'
import { KERNEL } from './crc64-kernel.ts'
import { crc64ByTable } from './crc64-table.ts'

export { crc64Combine } from './crc64-combine.ts'

/**
 * The functions of this file, for one engine. Only tests create it directly.
 * @internal
 */
export interface Crc64 {
  crc64(bytes: Uint8Array, previous: bigint): bigint
  allocateHashable(size: number): Uint8Array<ArrayBuffer>
  freeHashable(buffer: Uint8Array): void
}

/**
 * Creates the hash functions.
 * @param wasm the engine's WebAssembly; `undefined` if the engine has none
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
    // The engine has no SIMD, a content security policy forbids WebAssembly, or there is no address space for the
    // memory.
    return byTable
  }

  // One arena is nearly always enough. Each arena reserves gigabytes of address space, so a further arena is dropped
  // when its last slot is freed.
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
        // No address space is left. An ordinary buffer can be hashed too, only more slowly.
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
 * Computes the CRC-64/XZ of bytes, from 0 to 2^64 - 1. Hashing in pieces gives the same value as hashing at once.
 * Results and OSS's answers have it as a decimal string in `crc64`: use `String` to compare.
 * @param previous the CRC of the bytes before these
 */
export function crc64(bytes: Uint8Array, previous = 0n): bigint {
  return engine().crc64(bytes, previous)
}

/**
 * Allocates a buffer that `crc64` hashes without copying. Read into it and send from it like any other buffer, but do
 * not transfer it: it shares its memory with other buffers, so it cannot be detached. Its content is undefined. It
 * stays allocated until it is passed to `freeHashable`.
 * @param size bytes
 * @throws {RangeError} if the size is negative or not a safe integer, or if no memory is left
 * @internal
 */
export function allocateHashable(size: number): Uint8Array<ArrayBuffer> {
  return engine().allocateHashable(size)
}

/**
 * Frees a buffer from `allocateHashable`. Its memory may be allocated again at once, so no read or write of it may be
 * in progress.
 * @throws {Error} if the buffer was freed before
 * @internal
 */
export function freeHashable(buffer: Uint8Array): void {
  engine().freeHashable(buffer)
}
