// CRC-64/XZ for engines without WebAssembly. BigInt would be much slower, so the register is held as two 32-bit
// halves. The loop processes four bytes at once ("slicing by 4"). It adds the bytes to the low half, moves the high
// half into the low half, and looks up in one table per byte what the old low half contributes.

const POLYNOMIAL_HIGH = 0xc96c5795
const POLYNOMIAL_LOW = 0xd7870f42

interface Tables {
  high: Int32Array
  low: Int32Array
}

let tables: Tables | undefined

/** Builds the tables. Entry 256 * n + byte is the register, initially 0, after this byte and n zero bytes. */
function makeTables(): Tables {
  const highs = new Int32Array(1024)
  const lows = new Int32Array(1024)
  for (let byte = 0; byte < 256; byte++) {
    let high = 0
    let low = byte
    for (let n = 0; n < 4; n++) {
      for (let bit = 0; bit < 8; bit++) {
        const mask = -(low & 1)
        low = ((low >>> 1) | (high << 31)) ^ (POLYNOMIAL_LOW & mask)
        high = (high >>> 1) ^ (POLYNOMIAL_HIGH & mask)
      }
      highs[256 * n + byte] = high
      lows[256 * n + byte] = low
    }
  }
  return { high: highs, low: lows }
}

/** Computes the CRC-64/XZ of `bytes`, continuing from `previous`, in plain JavaScript. */
export function crc64ByTable(bytes: Uint8Array, previous = 0n): bigint {
  tables ??= makeTables()
  const { high: highs, low: lows } = tables
  let high = ~Number(BigInt.asIntN(32, previous >> 32n))
  let low = ~Number(BigInt.asIntN(32, previous))
  let i = 0
  for (; i + 4 <= bytes.length; i += 4) {
    const word =
      low ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))
    const a = 768 + (word & 255)
    const b = 512 + ((word >>> 8) & 255)
    const c = 256 + ((word >>> 16) & 255)
    const d = word >>> 24
    low = high ^ lows[a]! ^ lows[b]! ^ lows[c]! ^ lows[d]!
    high = highs[a]! ^ highs[b]! ^ highs[c]! ^ highs[d]!
  }
  for (; i < bytes.length; i++) {
    const entry = (low ^ bytes[i]!) & 255
    low = ((low >>> 8) | (high << 24)) ^ lows[entry]!
    high = (high >>> 8) ^ highs[entry]!
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0)
}
