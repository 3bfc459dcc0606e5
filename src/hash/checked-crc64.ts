// The CRC-64 functions for programs. They check their arguments; the engine uses the unchecked ones of `crc64.ts`.

import { OptionError } from '../errors.ts'
import { bytesOf } from '../foreign/bytes.ts'
import { shown } from '../text/shown.ts'
import * as unchecked from './crc64.ts'

const crcMax = 2n ** 64n - 1n

/**
 * Computes the CRC-64/XZ of bytes, from 0 to 2^64 - 1. Hashing in pieces gives the same value as hashing at once.
 * Results and OSS's answers have it as a decimal string in `crc64`: use `String` to compare.
 * @param bytes a `Uint8Array` or `Buffer`, or the bytes of another view of memory
 * @param previous the CRC of the bytes before these
 * @throws {OptionError} `INVALID_BYTES`, `INVALID_CRC64`
 * @example
 * ```ts
 * String(crc64(new TextEncoder().encode('123456789'))) // '11051210869376104954'
 * ```
 */
export function crc64(bytes: Uint8Array, previous = 0n): bigint {
  const given = bytesOf(bytes)
  if (given === undefined) {
    throw new OptionError('INVALID_BYTES', `The bytes are ${shown(bytes)}`, {
      hint: 'Allowed: a Uint8Array (Buffer) or another view of memory. For text give new TextEncoder().encode(text)',
    })
  }
  return unchecked.crc64(given, checkedCrc(previous))
}

/**
 * Computes the CRC-64/XZ of A followed by B, from the CRC of A, the CRC of B and the length of B. The function is
 * associative. Time grows with the logarithm of the length, and is constant while the length stays the same.
 * @param lengthOfB bytes, a safe integer from 0
 * @throws {OptionError} `INVALID_CRC64`, `INVALID_LENGTH`
 */
export function crc64Combine(a: bigint, b: bigint, lengthOfB: number): bigint {
  if (!Number.isSafeInteger(lengthOfB) || lengthOfB < 0) {
    throw new OptionError('INVALID_LENGTH', `The length of B is ${shown(lengthOfB)}`, {
      hint: 'Allowed: a whole number of bytes from 0',
    })
  }
  return unchecked.crc64Combine(checkedCrc(a), checkedCrc(b), lengthOfB)
}

function checkedCrc(value: unknown): bigint {
  if (typeof value === 'bigint' && value >= 0n && value <= crcMax) return value
  throw new OptionError('INVALID_CRC64', `The CRC-64 is ${shown(value)}`, {
    hint: 'Allowed: a bigint from 0 to 2^64 - 1. For a string of OSS give BigInt(text)',
  })
}
