// Changes to bytes, as damage, a mistake or malice would make them.

import type { Random } from '../../src/ports.ts'
import { between } from '../unit/support/random.ts'

export function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[between(random, 0, choices.length - 1)]
  if (choice === undefined) throw new RangeError('Nothing to pick from')
  return choice
}

export function noise(random: Random, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () => between(random, 0, 255))
}

/** Some edits at random places: flipped bits, cuts, doubled and foreign bytes. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  let mutated: Uint8Array = bytes.slice()
  for (let edits = between(random, 1, 4); edits > 0; edits--) {
    const at = between(random, 0, mutated.length)
    const to = Math.min(mutated.length, at + between(random, 0, 300))
    switch (pick(random, ['flip', 'cut', 'end', 'insert', 'double', 'zero'])) {
      case 'flip':
        if (at < mutated.length) mutated[at] = (mutated[at] ?? 0) ^ (1 << between(random, 0, 7))
        break
      case 'cut':
        mutated = joined(mutated.subarray(0, at), mutated.subarray(to))
        break
      case 'end':
        mutated = mutated.slice(0, at)
        break
      case 'insert':
        mutated = joined(
          mutated.subarray(0, at),
          noise(random, between(random, 1, 40)),
          mutated.subarray(at),
        )
        break
      case 'double':
        mutated = joined(mutated.subarray(0, to), mutated.subarray(at))
        break
      case 'zero':
        mutated.fill(0, at, to)
    }
  }
  return mutated
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}

const strange = [
  '',
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'NaN',
  'null',
  'Infinity',
  '1.5',
  '__proto__',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Sat, 31 Dec 9999 23:59:59 GMT',
  'Fri, 99 Foo 2026 99:99:99 GMT',
  '"',
  '%',
  '\u0000',
  'ü'.repeat(50),
  'x'.repeat(5000),
] as const

/** Values that no correct program writes into a field. */
export function strangeText(random: Random): string {
  return pick(random, strange)
}

/** The same of any JSON value. */
export function strangeValue(random: Random): unknown {
  const values = [0, -1, 1, 1.5, 2 ** 31, 2 ** 53, 1e300, null, true, [], {}, [0], { t: 'part' }]
  return pick(random, [strangeText(random), pick<unknown>(random, values)])
}
