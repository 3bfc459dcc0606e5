// Writes src/hash/crc64-kernel.ts: the CRC-64 kernel, assembled here instruction by instruction.
//
//   node scripts/build-crc64-kernel.mjs
//
// A CRC is the remainder of the message, read as one long polynomial over GF(2), divided by P.
// WebAssembly has no carry-less multiplication, and tables cost about five instructions a byte, so
// most of the message is shortened first, by the following observation.
//
// Folding. Let Q(x) = x^d + x^(d-g1) + ... + 1 be a multiple of P with few terms. Adding Q, shifted
// to any place, leaves the remainder as it was; so the first set bit of the message may be moved to
// the places g1, g2, ... d further on, and so may every following one, until only d bits are left.
// Over GF(2), Q(x)^8 = Q(x^8): the same gaps serve as gaps in *bytes*, which makes a step nothing
// but exclusive-or of unaligned 16-byte vectors. Written as a gather:
//
//   y[i] = message[i] ^ y[i - g1] ^ y[i - g2] ^ ... ^ y[i - d]
//
// P is divisible by x + 1, hence Q has an even number of terms. Eight terms are the fewest for
// which d stays small (six would need some 16,000 bytes). GAPS was found by a birthday search for
// two sums of four powers of x that agree modulo P; `checkGaps` proves that it is right.
//
// Braiding. The d bytes left over, and short messages, go through tables: LANES words are in flight
// at once so that their table look-ups overlap. Each lane skips the words of the others, which is
// why the braid tables advance a register by 8 * LANES bytes instead of 8. At the end the lanes
// are added into the words that follow them, and one lane finishes byte by byte.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** x^64 is implied. Bit n is the coefficient of x^n. */
const POLYNOMIAL = 0x42f0e1eba9ea3693n
/** The same polynomial with bit 0 as the coefficient of x^63, the order CRC-64/XZ works in. */
const REFLECTED = 0xc96c5795d7870f42n
/** How far, in bytes, a folded byte moves. The last is d. None is less than one step of `fold`. */
const GAPS = [226, 335, 480, 1182, 1366, 1393, 1498]
/** Words in flight in the braid. Two to six measured alike. */
const LANES = 3
/** Bytes folded between two moves of the history: y and the message stay in the level-1 cache. */
const BLOCK = 16_384
/** Bytes handled by one turn of the loop in `fold`: four vectors. */
const STEP = 64

/** Throws unless x^d + x^(d-g1) + ... + 1 is a multiple of P, d being the last gap. */
function checkGaps(gaps) {
  const powers = [1n]
  for (let n = 1; n <= gaps.at(-1); n++) {
    const next = powers[n - 1] << 1n
    powers.push(next >> 64n ? BigInt.asUintN(64, next) ^ POLYNOMIAL : next)
  }
  const sum = [0, ...gaps].reduce((rest, gap) => rest ^ powers[gaps.at(-1) - gap], 0n)
  if (sum !== 0n) throw new Error('GAPS is not a multiple of the polynomial')
}

// Assembler: an instruction is the list of its bytes, after those of its operands.

function unsigned(value) {
  const bytes = []
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0))
    value >>>= 7
  } while (value > 0)
  return bytes
}

function signed(value) {
  const bytes = []
  for (value = BigInt(value); ; value >>= 7n) {
    const low = Number(value & 127n)
    if (value >> 6n === 0n || value >> 6n === -1n) return [...bytes, low]
    bytes.push(low | 128)
  }
}

const I32 = 0x7f
const I64 = 0x7e
const VOID = 0x40
const memory =
  code =>
  (offset, ...operands) => [...operands.flat(), ...code, 0, ...unsigned(offset)]
const plain =
  (...code) =>
  (...operands) => [...operands.flat(), ...code]

const i32 = {
  const: value => [0x41, ...signed(value)],
  ltU: plain(0x49),
  gtU: plain(0x4b),
  geU: plain(0x4f),
  add: plain(0x6a),
  sub: plain(0x6b),
  and: plain(0x71),
  shl: plain(0x74),
  load8: memory([0x2d]),
  wrap: plain(0xa7),
}
const i64 = {
  const: value => [0x42, ...signed(BigInt.asIntN(64, BigInt(value)))],
  and: plain(0x83),
  xor: plain(0x85),
  shl: plain(0x86),
  shrU: plain(0x88),
  sub: plain(0x7d),
  extend: plain(0xad),
  load: memory([0x29]),
  load8: memory([0x31]),
  store: memory([0x37]),
}
const v128 = { load: memory([0xfd, 0]), store: memory([0xfd, 11]), xor: plain(0xfd, 81) }
const get = local => [0x20, local]
const set = (local, ...value) => [...value.flat(), 0x21, local]
/** select(a, b, condition): a if the condition holds, otherwise b. */
const select = plain(0x1b)
const call = (index, ...operands) => [...operands.flat(), 0x10, index]
const fill = plain(0xfc, 11, 0)
const copy = plain(0xfc, 10, 0, 0)
const when = (condition, ...body) => [...condition, 0x04, VOID, ...body.flat(), 0x0b]
/** do { body } while (condition) */
const repeat = (condition, ...body) => [0x03, VOID, ...body.flat(), ...condition, 0x0d, 0, 0x0b]
const bump = (local, by) => set(local, i32.add(get(local), i32.const(by)))

/** `bytes`: the module. `memoryUsed`: how many bytes at the start of its memory are its own. */
export function buildKernel({ gaps = GAPS, lanes = LANES, block = BLOCK, step = STEP } = {}) {
  checkGaps(gaps)
  const align = value => Math.ceil(value / 64) * 64
  const degree = gaps.at(-1)
  const rest = align(degree)
  if (gaps[0] < step) throw new Error('A step would read what it has yet to write')

  // Memory: one table for single bytes, eight for the braid, then y: `degree` bytes of history
  // followed by the block being folded (aligned for the stores), then what folding leaves.
  const BYTE_TABLE = 0
  const BRAID_TABLES = 2048
  const HISTORY = align(BRAID_TABLES + 8 * 2048 + degree) - degree
  const FOLDED = HISTORY + degree
  const REST = FOLDED + Math.max(block, rest)
  const memoryUsed = REST + rest

  const [BYTE_STEP, UPDATE, FOLD, CRC64, INIT] = [0, 1, 2, 3, 4]

  // byteStep(register): the register after one zero byte.
  const byteStep = i64.xor(
    i64.shrU(get(0), i64.const(8)),
    i64.load(BYTE_TABLE, i32.shl(i32.and(i32.wrap(get(0)), i32.const(255)), i32.const(3))),
  )

  // init(): computes the tables.
  const init = (() => {
    const [b, value, count] = [0, 1, 2]
    const bitStep = set(
      value,
      i64.xor(
        i64.shrU(get(value), i64.const(1)),
        i64.and(i64.const(REFLECTED), i64.sub(i64.const(0), i64.and(get(value), i64.const(1)))),
      ),
    )
    const advance = set(value, call(BYTE_STEP, get(value)))
    return [
      ...repeat(
        i32.ltU(get(b), i32.const(2048)),
        set(value, i64.shrU(i64.extend(get(b)), i64.const(3))),
        ...Array(8).fill(bitStep),
        i64.store(BYTE_TABLE, get(b), get(value)),
        bump(b, 8),
      ),
      ...set(b, i32.const(0)),
      ...repeat(
        i32.ltU(get(b), i32.const(2048)),
        set(value, i64.load(BYTE_TABLE, get(b))),
        set(count, i32.const(8 * lanes - 8)),
        when(get(count), repeat(get(count), advance, bump(count, -1))),
        ...[7, 6, 5, 4, 3, 2, 1, 0].map(k => [
          ...i64.store(BRAID_TABLES + 2048 * k, get(b), get(value)),
          ...(k ? advance : []),
        ]),
        bump(b, 8),
      ),
    ]
  })()

  // update(register, pointer, length): the register after these bytes, by braid and by byte.
  const update = (() => {
    const [register, pointer, length, word, lane] = [0, 1, 2, 3, 4]
    const laneNumbers = [...Array(lanes).keys()]
    // Byte k of the word, times 8, as an index into table k.
    const index = k =>
      i32.and(
        i32.wrap(
          k === 0 ? i64.shl(get(word), i64.const(3)) : i64.shrU(get(word), i64.const(8 * k - 3)),
        ),
        i32.const(255 << 3),
      )
    const lookUp = [0, 1, 2, 3, 4, 5, 6, 7]
      .map(k => i64.load(BRAID_TABLES + 2048 * k, index(k)))
      .reduce((sum, term) => i64.xor(sum, term))
    const next = [...bump(pointer, 8 * lanes), ...bump(length, -8 * lanes)]
    return [
      ...when(
        i32.geU(get(length), i32.const(16 * lanes)),
        set(lane, get(register)),
        repeat(
          i32.geU(get(length), i32.const(16 * lanes)),
          ...laneNumbers.map(n => [
            ...set(word, i64.xor(get(lane + n), i64.load(8 * n, get(pointer)))),
            ...set(lane + n, lookUp),
          ]),
          next,
        ),
        set(register, i64.const(0)),
        ...laneNumbers.map(n => [
          ...set(
            register,
            i64.xor(i64.xor(get(register), get(lane + n)), i64.load(8 * n, get(pointer))),
          ),
          ...Array(8)
            .fill(set(register, call(BYTE_STEP, get(register))))
            .flat(),
        ]),
        next,
      ),
      ...when(
        get(length),
        repeat(
          get(length),
          set(register, call(BYTE_STEP, i64.xor(get(register), i64.load8(0, get(pointer))))),
          bump(pointer, 1),
          bump(length, -1),
        ),
      ),
      ...get(register),
    ]
  })()

  // fold(source, target, length, y): target[i] = source[i] ^ y[i - g1] ^ ... for a length that is
  // a positive multiple of the step. y counts from the history's first byte.
  const fold = (() => {
    const [source, target, length, y] = [0, 1, 2, 3]
    const vectors = Array.from({ length: step / 16 }, (_, n) =>
      v128.store(
        16 * n,
        get(target),
        gaps
          .map(gap => v128.load(16 * n + degree - gap, get(y)))
          .reduce((sum, term) => v128.xor(sum, term), v128.load(16 * n, get(source))),
      ),
    )
    return repeat(
      get(length),
      ...vectors,
      bump(source, step),
      bump(target, step),
      bump(y, step),
      bump(length, -step),
    )
  })()

  // crc64(previous, pointer, length)
  const crc64 = (() => {
    const [register, pointer, length, size] = [0, 1, 2, 3]
    const spare = i32.sub(get(length), i32.const(rest))
    const whole = i32.and(spare, i32.const(-step))
    return [
      ...set(register, i64.xor(get(register), i64.const(-1))),
      ...when(
        i32.geU(get(length), i32.const(2 * rest)),
        fill(i32.const(HISTORY), i32.const(0), i32.const(degree)),
        // The register is added to the first 8 bytes. As history, only gap d carries it there.
        i64.store(HISTORY, i32.const(0), get(register)),
        repeat(
          i32.geU(spare, i32.const(step)),
          set(size, select(i32.const(block), whole, i32.gtU(whole, i32.const(block)))),
          call(FOLD, get(pointer), i32.const(FOLDED), get(size), i32.const(HISTORY)),
          copy(i32.const(HISTORY), i32.add(get(size), i32.const(HISTORY)), i32.const(degree)),
          set(pointer, i32.add(get(pointer), get(size))),
          set(length, i32.sub(get(length), get(size))),
        ),
        // The last bytes receive what was moved to them but move nothing themselves.
        fill(i32.const(FOLDED), i32.const(0), i32.const(rest)),
        call(FOLD, get(pointer), i32.const(REST), i32.const(rest), i32.const(HISTORY)),
        set(register, call(UPDATE, i64.const(0), i32.const(REST), i32.const(rest))),
        bump(pointer, rest),
        bump(length, -rest),
      ),
      ...i64.xor(call(UPDATE, get(register), get(pointer), get(length)), i64.const(-1)),
    ]
  })()

  const name = text => [text.length, ...Buffer.from(text)]
  const vector = items => [...unsigned(items.length), ...items.flat()]
  const section = (id, content) => [id, ...unsigned(content.length), ...content]
  // Sections: types, imports, functions, exports, start, code.
  const type = (parameters, results) => [0x60, ...vector(parameters), ...vector(results)]
  const locals = (...groups) => vector(groups)
  const code = (declared, body) => {
    const bytes = [...declared, ...body, 0x0b]
    return [...unsigned(bytes.length), ...bytes]
  }
  const bytes = Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(
      1,
      vector([
        type([I64], [I64]),
        type([I64, I32, I32], [I64]),
        type([I32, I32, I32, I32], []),
        type([], []),
      ]),
    ),
    ...section(
      2,
      vector([
        [...name('env'), ...name('memory'), 2, 0, ...unsigned(Math.ceil(memoryUsed / 65_536))],
      ]),
    ),
    ...section(3, vector([0, 1, 2, 1, 3])),
    ...section(7, vector([[...name('crc64'), 0, CRC64]])),
    ...section(8, [INIT]),
    ...section(
      10,
      vector([
        code(locals(), byteStep),
        code(locals([1 + lanes, I64]), update),
        code(locals(), fold),
        code(locals([1, I32]), crc64),
        code(locals([1, I32], [1, I64], [1, I32]), init),
      ]),
    ),
  ])
  return { bytes, memoryUsed }
}

/** The text of src/hash/crc64-kernel.ts. */
export function kernelSource() {
  const { bytes, memoryUsed } = buildKernel()
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,90}/g)
  return `// Written by scripts/build-crc64-kernel.mjs, which explains it. Do not edit.

/** Bytes at the start of the kernel's memory that hold its tables and intermediate results. */
export const KERNEL_MEMORY = ${String(memoryUsed).replace(/\B(?=(\d{3})+$)/g, '_')}

/** The WebAssembly module, in base64. */
export const KERNEL =
${lines.map(line => `  '${line}'`).join(' +\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/hash/crc64-kernel.ts', import.meta.url), kernelSource())
}
