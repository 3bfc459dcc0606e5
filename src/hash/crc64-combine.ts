// Appending B to A multiplies A, as a polynomial, by x^(8 * length of B). So the CRC of both is crc(A) * x^(8 *
// length) + crc(B) modulo the polynomial. (The inversions at both ends of CRC-64/XZ cancel.) Values are reflected:
// bit 63 is the coefficient of x^0, bit 0 that of x^63.

const POLYNOMIAL_HIGH = 0xc96c5795
const POLYNOMIAL_LOW = 0xd7870f42

/** Halves of x^(8 * 2^n) modulo the polynomial, at 2n and 2n + 1; the first is x^8. */
const powers = [1 << 23, 0]

// Most parts of an upload have the same size, so the power for the last size is kept. From the second call with that
// size on, a table is used: V8 does not have time to optimise the loop of `multiply` in 2,000 parts.
let knownLength = 0
let knownHigh = 1 << 31
let knownLow = 0
let hasTable = false

/**
 * The product of the known power with each value (0 to 15) of each of the 16 hexadecimal digits of the other factor.
 */
const table = new Int32Array(16 * 16 * 2)

// `multiply` returns its result in these variables. Returning a new pair on every call would produce garbage.
let productHigh = 0
let productLow = 0

function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  let high = 0
  let low = 0
  for (let n = 0; n < 64; n++) {
    const chosen = (n < 32 ? aHigh << n : aLow << (n - 32)) >> 31
    high ^= bHigh & chosen
    low ^= bLow & chosen
    const carried = -(bLow & 1)
    bLow = ((bLow >>> 1) | (bHigh << 31)) ^ (POLYNOMIAL_LOW & carried)
    bHigh = (bHigh >>> 1) ^ (POLYNOMIAL_HIGH & carried)
  }
  productHigh = high
  productLow = low
}

/** Builds the table for the known power. */
function makeTable(): void {
  let high = knownHigh
  let low = knownLow
  table.fill(0)
  for (let bit = 0; bit < 64; bit++) {
    const digit = 32 * (bit >> 2)
    const weight = 8 >> (bit & 3)
    for (let value = 0; value < 16; value++) {
      if ((value & weight) === 0) continue
      table[digit + 2 * value]! ^= high
      table[digit + 2 * value + 1]! ^= low
    }
    const carried = -(low & 1)
    low = ((low >>> 1) | (high << 31)) ^ (POLYNOMIAL_LOW & carried)
    high = (high >>> 1) ^ (POLYNOMIAL_HIGH & carried)
  }
  hasTable = true
}

/** Multiplies by the known power, with the same result as `multiply`. */
function multiplyByTable(aHigh: number, aLow: number): void {
  let high = 0
  let low = 0
  for (let digit = 0; digit < 16; digit++) {
    const half = digit < 8 ? aHigh : aLow
    const at = 32 * digit + 2 * ((half >>> (28 - 4 * (digit & 7))) & 15)
    high ^= table[at]!
    low ^= table[at + 1]!
  }
  productHigh = high
  productLow = low
}

/** Sets the known power to x^(8 * length), by repeated squaring. */
function findPower(length: number): void {
  let high = 1 << 31
  let low = 0
  for (let n = 0, rest = length; rest > 0; n++, rest = Math.floor(rest / 2)) {
    if (2 * n === powers.length) {
      const rootHigh = powers[2 * n - 2]!
      const rootLow = powers[2 * n - 1]!
      multiply(rootHigh, rootLow, rootHigh, rootLow)
      powers.push(productHigh, productLow)
    }
    if (rest % 2 === 1) {
      multiply(high, low, powers[2 * n]!, powers[2 * n + 1]!)
      high = productHigh
      low = productLow
    }
  }
  knownLength = length
  hasTable = false
  knownHigh = high
  knownLow = low
}

/**
 * Computes the CRC-64/XZ of A followed by B, from the CRC of A, the CRC of B and the length of B. The function is
 * associative. Time grows with the logarithm of the length, and is constant while the length stays the same.
 * @param lengthOfB bytes, a safe integer
 * @throws {RangeError} if the length is negative or not a safe integer
 */
export function crc64Combine(a: bigint, b: bigint, lengthOfB: number): bigint {
  if (!Number.isSafeInteger(lengthOfB) || lengthOfB < 0) {
    throw new RangeError(`Length of B: expected a safe integer from 0, got ${lengthOfB}`)
  }
  const aHigh = Number(BigInt.asIntN(32, a >> 32n))
  const aLow = Number(BigInt.asIntN(32, a))
  if (lengthOfB !== knownLength) {
    findPower(lengthOfB)
    multiply(aHigh, aLow, knownHigh, knownLow)
  } else {
    if (!hasTable) makeTable()
    multiplyByTable(aHigh, aLow)
  }
  return ((BigInt(productHigh >>> 0) << 32n) | BigInt(productLow >>> 0)) ^ b
}
