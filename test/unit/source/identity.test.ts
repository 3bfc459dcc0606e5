import { describe, expect, test } from 'vitest'
import type { Identity } from '../../../src/ports.ts'
import {
  describeDifference,
  isSettled,
  provenFrom,
  sameIdentity,
} from '../../../src/source/identity.ts'

const file: Identity = {
  size: 10,
  mtimeNs: '1700000000000000001',
  ctimeNs: '1700000000000000002',
  inode: '7',
}

describe('the same source', () => {
  const cases: [what: string, other: Identity, difference: string | undefined][] = [
    ['itself', { ...file }, undefined],
    ['nothing more known', { size: 10 }, undefined],
    ['a stamp that only one knows', { ...file, crc64: '5' }, undefined],
    ['another size', { ...file, size: 11 }, 'its size went from 10 to 11 bytes'],
    ['a nanosecond later', { ...file, mtimeNs: '1700000000000000002' }, 'it was modified'],
    ['a nanosecond earlier', { ...file, mtimeNs: '1700000000000000000' }, 'it was modified'],
    ['other attributes', { ...file, ctimeNs: '1700000000000000003' }, 'its attributes changed'],
    ['another inode', { ...file, inode: '8' }, 'another file took its place'],
    ['size first', { ...file, size: 0, inode: '8' }, 'its size went from 10 to 0 bytes'],
  ]
  test.each(cases)('%s', (_what, other, difference) => {
    expect(sameIdentity(file, other)).toBe(difference === undefined)
    expect(sameIdentity(other, file)).toBe(difference === undefined)
    if (difference !== undefined) expect(describeDifference(file, other)).toBe(difference)
  })

  test('bytes in memory differ by their content', () => {
    const before = { size: 1, crc64: '1' }
    const after = { size: 1, crc64: '2' }
    expect(sameIdentity(before, after)).toBe(false)
    expect(describeDifference(before, after)).toBe('its content changed')
  })
})

describe('settled', () => {
  const at = 1_700_000_000_000
  const ns = (ms: number) => String(BigInt(ms) * 1_000_000n)
  const cases: [what: string, identity: Identity, settled: boolean][] = [
    ['two seconds old', { size: 1, mtimeNs: ns(at - 2000), ctimeNs: ns(at - 2000) }, true],
    ['a bit younger', { size: 1, mtimeNs: ns(at - 1999), ctimeNs: ns(at - 5000) }, false],
    ['an attribute changed just now', { size: 1, mtimeNs: ns(0), ctimeNs: ns(at) }, false],
    ['only one stamp is known', { size: 1, mtimeNs: ns(at - 3000) }, true],
    ['from the future', { size: 1, mtimeNs: ns(at + 60_000) }, false],
    ['before the epoch', { size: 1, mtimeNs: '-1' }, true],
    ['nothing is known', { size: 1 }, false],
    ['only the inode is known', { size: 1, inode: '7' }, false],
    ['the content is known', { size: 1, crc64: '5' }, true],
  ]
  test.each(cases)('%s', (_what, identity, settled) => {
    expect(isSettled(identity, at)).toBe(settled)
  })
})

describe('bytes that are read', () => {
  const mtimeNs = '5000000000'
  const identity = { size: 1, mtimeNs, ctimeNs: mtimeNs }

  test('are proven once the timestamps are old enough', () => {
    expect(provenFrom({ ...identity, inode: '7' }, 0)).toBe(7000)
  })

  test('of a file without inode number only if they were old enough when they were read', () => {
    expect(provenFrom(identity, 7000)).toBe(7000)
    expect(provenFrom(identity, 6999)).toBe(Number.POSITIVE_INFINITY)
  })
})
