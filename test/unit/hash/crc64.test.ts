import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import {
  allocateHashable,
  crc64,
  crc64Combine,
  createCrc64,
  freeHashable,
} from '../../../src/hash/crc64.ts'
import type { Wasm } from '../../../src/hash/crc64-arena.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const filled = (size: number, value: number | string) =>
  new Uint8Array(size).fill(typeof value === 'string' ? value.charCodeAt(0) : value)
const counted = (size: number, modulus: number) =>
  Uint8Array.from({ length: size }, (_, i) => i % modulus)

/** The definition, bit by bit. */
function bitwise(bytes: Uint8Array, previous = 0n): bigint {
  const ones = 0xffffffffffffffffn
  let register = previous ^ ones
  for (const byte of bytes) {
    register ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) {
      register = register & 1n ? (register >> 1n) ^ 0xc96c5795d7870f42n : register >> 1n
    }
  }
  return register ^ ones
}

/** Numbers from 0 to below 2^32, the same on every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) ^ (state >>> 12)) >>> 0
  }
}

function randomBytes(size: number, seed = 1): Uint8Array {
  const next = numbers(seed)
  return Uint8Array.from({ length: size }, () => next() & 255)
}

function hashable(bytes: Uint8Array): Uint8Array {
  const buffer = allocateHashable(bytes.length)
  buffer.set(bytes)
  return buffer
}

const { WebAssembly } = globalThis as { WebAssembly?: Wasm }
if (WebAssembly === undefined) throw new Error('these tests need WebAssembly')
const table = createCrc64(undefined)
const engines = [
  { name: 'copied', hash: (bytes: Uint8Array, previous = 0n) => crc64(bytes, previous) },
  {
    name: 'in place',
    hash: (bytes: Uint8Array, previous = 0n) => {
      const buffer = hashable(bytes)
      const result = crc64(buffer, previous)
      freeHashable(buffer)
      return result
    },
  },
  {
    name: 'plain JavaScript',
    hash: (bytes: Uint8Array, previous = 0n) => table.crc64(bytes, previous),
  },
]

const known: [string, Uint8Array, bigint][] = [
  ['empty', new Uint8Array(0), 0n],
  ['one byte 00', filled(1, 0), 2282658103124508505n],
  ['a', utf8('a'), 3675645893302102789n],
  ['abc', utf8('abc'), 3231342946509354535n],
  ['12345', utf8('12345'), 6748440630437108969n],
  ['123456789', utf8('123456789'), 11051210869376104954n],
  ['hello world', utf8('hello world'), 5981764153023615706n],
  ['a sentence', utf8('This is a test of the emergency broadcast system.'), 2871916124362751090n],
  ['32 times 00', filled(32, 0), 14509182247117337356n],
  ['32 times FF', filled(32, 255), 16815823765876284111n],
  ['00 to FF', counted(256, 256), 8232944260754389680n],
  ['Chinese', utf8('中文'), 16371802884590399230n],
  ['102,400 times 0', filled(102_400, '0'), 18395037340056609855n],
  ['102,400 times 00', filled(102_400, 0), 15337097285471591505n],
  ['1 MiB counted modulo 251', counted(1_048_576, 251), 16028127081582314172n],
]

// Around every length at which the kernel does something else: the braid begins and takes another
// turn (24, 48), the fold begins (3,072), takes another step (64) and another block (16,384), and
// the staging area is full (32,768).
const edges = [24, 48, 72, 96, 1536, 3072, 3136, 16_384, 17_920, 17_984, 32_768, 34_304, 65_536]

describe.each(engines)('crc64, $name', ({ hash }) => {
  test.each(known)('%s', (_, bytes, expected) => {
    expect(hash(bytes)).toBe(expected)
  })

  test('equals the definition for lengths 0 to 300, at any alignment', () => {
    const bytes = randomBytes(320)
    for (let length = 0; length <= 300; length++) {
      const start = length % 17
      const view = bytes.subarray(start, start + length)
      expect(hash(view), `length ${length}`).toBe(bitwise(view))
    }
  })

  test('equals the definition around the lengths where the kernel changes its ways', () => {
    const bytes = randomBytes(65_600)
    // The definition takes long, so its register is carried from one length to the next.
    let length = 0
    let expected = 0n
    for (const next of edges.flatMap(edge => [-9, -8, -1, 0, 1, 7, 8].map(by => edge + by))) {
      if (next < length) continue
      expected = bitwise(bytes.subarray(length, next), expected)
      length = next
      expect(hash(bytes.subarray(0, length)), `length ${length}`).toBe(expected)
    }
  })

  test('continues from the CRC of what came before, wherever the bytes are split', () => {
    const next = numbers(2)
    const bytes = randomBytes(200_000, 3)
    const whole = hash(bytes)
    for (let round = 0; round < 30; round++) {
      let crc = 0n
      for (let start = 0; start < bytes.length; ) {
        const size = next() % 3 === 0 ? next() % 60 : next() % 50_000
        crc = hash(bytes.subarray(start, start + size), crc)
        start += size
      }
      expect(crc).toBe(whole)
    }
  })

  test('does not change what it hashes', () => {
    const bytes = randomBytes(40_000)
    const before = bytes.slice()
    hash(bytes)
    expect(bytes.every((byte, i) => byte === before[i])).toBe(true)
  })
})

test('every engine agrees on every alignment of a large buffer', () => {
  const buffer = hashable(randomBytes(100_000))
  for (let start = 0; start < 70; start++) {
    const view = buffer.subarray(start, buffer.length - 3 * start)
    const expected = table.crc64(view, 5n)
    expect(crc64(view, 5n)).toBe(expected)
    expect(crc64(view.slice(), 5n)).toBe(expected)
  }
  freeHashable(buffer)
})

describe('crc64Combine', () => {
  test.each([
    [6748440630437108969n, 6285347597771850461n, 5, 12811388247244714686n],
    [14865968487149912872n, 7598038797645275211n, 5, 11051210869376104954n],
    [11051210869376104954n, 2871916124362751090n, 49, 7672622622872733320n],
    [0n, 3231342946509354535n, 3, 3231342946509354535n],
    [3231342946509354535n, 0n, 0, 3231342946509354535n],
    [18395037340056609855n, 15337097285471591505n, 102_400, 14620630778047199624n],
    [11051210869376104954n, crc64(new Uint8Array(1000)), 1000, 4170023576970698028n],
  ])('%d and %d of length %d', (a, b, length, expected) => {
    expect(crc64Combine(a, b, length)).toBe(expected)
  })

  test('the parts of a multipart upload', () => {
    const [a, b, c] = [filled(102_400, 'A'), filled(204_800, 'B'), filled(7, 'C')].map(part =>
      crc64(part),
    ) as [bigint, bigint, bigint]
    expect([a, b, c]).toEqual([9427277473487083924n, 3074898818506748878n, 2590210805362472870n])
    expect(crc64Combine(crc64Combine(a, b, 204_800), c, 7)).toBe(12775066394686703428n)
    expect(crc64Combine(a, crc64Combine(b, c, 7), 204_807)).toBe(12775066394686703428n)
  })

  test('equals hashing at once, wherever the bytes are split', () => {
    const bytes = randomBytes(5000)
    const whole = crc64(bytes)
    for (let split = 0; split <= bytes.length; split += 7) {
      const [a, b] = [bytes.subarray(0, split), bytes.subarray(split)]
      expect(crc64Combine(crc64(a), crc64(b), b.length)).toBe(whole)
    }
  })

  test.each([1, 64, 1000])('parts of %d bytes, one after the other', size => {
    const bytes = randomBytes(20 * size + 7)
    let crc = 0n
    for (let start = 0; start < bytes.length; start += size) {
      const part = bytes.subarray(start, start + size)
      crc = crc64Combine(crc, crc64(part), part.length)
    }
    expect(crc).toBe(crc64(bytes))
  })

  test('is associative for lengths up to 2^53 - 1', () => {
    const [a, b, c] = [11n, 0xfedcba9876543210n, 0x8000000000000001n]
    const lengths = [0, 1, 100_000, 2 ** 31, 2 ** 32 + 1, 2 ** 52 - 1, 2 ** 52]
    for (const lengthOfB of lengths) {
      for (const lengthOfC of lengths) {
        if (lengthOfB + lengthOfC > Number.MAX_SAFE_INTEGER) continue
        expect(crc64Combine(crc64Combine(a, b, lengthOfB), c, lengthOfC)).toBe(
          crc64Combine(a, crc64Combine(b, c, lengthOfC), lengthOfB + lengthOfC),
        )
      }
    }
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the length %d', length => {
    expect(() => crc64Combine(1n, 2n, length)).toThrow(RangeError)
  })
})

describe('hashable buffers', () => {
  test('are distinct while in use, and reused afterwards', () => {
    const { allocateHashable, freeHashable } = createCrc64(WebAssembly)
    const sizes = [65_536, 0, 1, 262_144, 63, 64, 65, 0]
    const buffers = sizes.map(size => allocateHashable(size))
    expect(buffers.map(buffer => buffer.length)).toEqual(sizes)
    buffers.forEach((buffer, n) => {
      buffer.fill(n)
    })
    buffers.forEach((buffer, n) => {
      expect(buffer.every(byte => byte === n)).toBe(true)
    })
    const starts = buffers.map(buffer => buffer.byteOffset)
    expect(new Set(starts).size).toBe(starts.length)

    // Freed out of order, the room is whole again: one buffer as large as all fits at the start.
    for (const n of [3, 1, 0, 7, 2, 5, 6, 4]) freeHashable(buffers[n] as Uint8Array)
    expect(allocateHashable(327_680).byteOffset).toBe(starts[0])
  })

  test('never overlap in a long random sequence, and all room comes back', () => {
    const { allocateHashable, freeHashable } = createCrc64(WebAssembly)
    const next = numbers(4)
    const inUse: Uint8Array[] = []
    const first = allocateHashable(1)
    for (let step = 0; step < 2000; step++) {
      if (next() % 5 < 3) {
        const buffer = allocateHashable(next() % 1_000_000)
        for (const other of inUse) {
          const apart =
            buffer.buffer !== other.buffer ||
            buffer.byteOffset + buffer.length <= other.byteOffset ||
            other.byteOffset + other.length <= buffer.byteOffset
          if (!apart) expect.fail(`buffers overlap in step ${step}`)
        }
        inUse.push(buffer)
      }
      if (inUse.length > 40 || next() % 5 < 2) {
        const [buffer] = inUse.splice(next() % Math.max(1, inUse.length), 1)
        if (buffer) freeHashable(buffer)
      }
    }
    for (const buffer of inUse) freeHashable(buffer)
    freeHashable(first)
    const large = allocateHashable(16_000_000)
    expect(large.buffer).toBe(first.buffer)
    expect(large.byteOffset).toBe(first.byteOffset)
  })

  test('spill into a further arena, whose buffers hash as well', () => {
    const { crc64, allocateHashable, freeHashable } = createCrc64(WebAssembly)
    const bytes = randomBytes(10_000)
    const buffers = [10, 10, 20, 1].map(mebibytes => allocateHashable(mebibytes * 2 ** 20))
    expect(new Set(buffers.map(buffer => buffer.buffer)).size).toBe(3)
    for (const buffer of buffers) {
      buffer.set(bytes)
      expect(crc64(buffer.subarray(0, bytes.length), 0n)).toBe(table.crc64(bytes, 0n))
    }
    for (const buffer of buffers) freeHashable(buffer)
    for (const buffer of buffers) expect(buffer.length).toBeGreaterThan(0)
    const again = allocateHashable(10)
    expect(again.buffer).toBe(buffers[0]?.buffer)
  })

  test('can be freed once only', () => {
    const buffer = allocateHashable(10)
    freeHashable(buffer)
    expect(() => freeHashable(buffer)).toThrow('freed already')
  })

  test('can be read into', () => {
    const path = fileURLToPath(import.meta.url)
    const buffer = allocateHashable(1000)
    const file = openSync(path, 'r')
    readSync(file, buffer, 0, 1000, 0)
    closeSync(file)
    expect(crc64(buffer)).toBe(bitwise(readFileSync(path).subarray(0, 1000)))
    freeHashable(buffer)
  })

  test.each([-1, 0.5, Number.NaN])('refuse the size %d', size => {
    expect(() => allocateHashable(size)).toThrow(RangeError)
  })
})

describe('without the kernel', () => {
  const refusing = (what: 'Module' | 'Memory') =>
    Object.assign(Object.create(WebAssembly), {
      [what]: class {
        constructor() {
          throw new RangeError('refused')
        }
      },
    }) as Wasm

  test.each([
    ['no WebAssembly', undefined],
    ['modules refused', refusing('Module')],
    ['memory refused', refusing('Memory')],
  ])('%s: buffers are ordinary and hash alike', (_, wasm) => {
    const engine = createCrc64(wasm)
    const buffer = engine.allocateHashable(100_000)
    buffer.set(randomBytes(100_000))
    expect(engine.crc64(buffer, 0n)).toBe(crc64(buffer))
    engine.freeHashable(buffer)
    expect(() => engine.allocateHashable(-1)).toThrow(RangeError)
  })

  test('a buffer that fits no arena is an ordinary one', () => {
    let memories = 0
    const wasm = Object.assign(Object.create(WebAssembly), {
      Memory: class extends WebAssembly.Memory {
        constructor(size: { initial: number; maximum: number }) {
          if (memories++ > 0) throw new RangeError('refused')
          super(size)
        }
      },
    }) as Wasm
    const engine = createCrc64(wasm)
    const buffer = engine.allocateHashable(17 * 2 ** 20)
    buffer.set(randomBytes(1000))
    expect(engine.crc64(buffer.subarray(0, 1000), 0n)).toBe(crc64(randomBytes(1000)))
    engine.freeHashable(buffer)
  })
})

test('the kernel is what its generator writes', async () => {
  const generator = new URL('../../../scripts/build-crc64-kernel.mjs', import.meta.url)
  const { kernelSource } = await import(generator.href)
  const written = readFileSync(
    new URL('../../../src/hash/crc64-kernel.ts', import.meta.url),
    'utf8',
  )
  expect(kernelSource()).toBe(written)
})
