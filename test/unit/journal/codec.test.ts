import { describe, expect, test } from 'vitest'
import { crc64 } from '../../../src/hash/crc64.ts'
import { decodeJournal, encodeRecords } from '../../../src/journal/codec.ts'
import type { JournalRecord } from '../../../src/journal/record.ts'
import { between, seeded } from '../support/random.ts'
import { begin, intent, journal, part } from './records.ts'

const bytes = encodeRecords(journal)

/** A line with the right check, with any content. */
function line(json: string): Uint8Array {
  const check = crc64(new TextEncoder().encode(json)).toString(16).padStart(16, '0')
  return new TextEncoder().encode(`${check} ${json}\n`)
}

test('what is written is read', () => {
  expect(decodeJournal(bytes)).toEqual({ records: journal, damaged: 0, torn: false })
})

test('the format is as documented, byte for byte', () => {
  const json = '{"t":"aborted","id":"ID-1"}'
  const check = crc64(new TextEncoder().encode(json)).toString(16).padStart(16, '0')
  const written = encodeRecords([{ t: 'aborted', id: 'ID-1' }])
  expect(new TextDecoder().decode(written)).toBe(`${check} ${json}\n`)
})

test('10,000 parts take less than 2 MiB', () => {
  const parts = Array.from({ length: 10_000 }, (_, i) => part(i + 1))
  expect(encodeRecords(parts).length).toBeLessThan(2 * 1024 ** 2)
})

describe('damage', () => {
  test('a journal that is not there is empty', () => {
    expect(decodeJournal(new Uint8Array())).toEqual({ records: [], damaged: 0, torn: false })
  })

  test('cut anywhere, the whole lines before the cut remain', () => {
    const ends = [...bytes.keys()].filter(at => bytes[at] === 0x0a)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { records, damaged, torn } = decodeJournal(bytes.subarray(0, cut))
      // A last line that lacks only its line feed is whole.
      const whole = ends.filter(end => end <= cut).length
      expect(records).toEqual(journal.slice(0, whole))
      expect(torn).toBe(cut > 0 && bytes[cut - 1] !== 0x0a)
      expect(damaged).toBe(torn && bytes[cut] !== 0x0a && cut < bytes.length ? 1 : 0)
    }
  })

  test('a torn line that a line feed was put behind is the same line as before', () => {
    const torn = bytes.subarray(0, bytes.length - 1)
    const before = decodeJournal(torn).records
    const after = decodeJournal(Uint8Array.of(...torn, 0x0a, ...encodeRecords([part(9)]))).records
    expect(after).toEqual([...before, part(9)])
  })

  test('any flipped bit costs its own line and no other', () => {
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] === 0x0a) continue
      const flipped = bytes.slice()
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      if (flipped[at] === 0x0a) continue
      const { records, damaged } = decodeJournal(flipped)
      expect(damaged).toBe(1)
      expect(records).toHaveLength(journal.length - 1)
    }
  })

  test('any mutation is survived, and no record is read that was not written', () => {
    const random = seeded(42)
    const written = new Set(journal.map(record => JSON.stringify(record)))
    for (let round = 0; round < 2000; round++) {
      let mutated = bytes.slice()
      for (let edits = between(random, 1, 5); edits > 0; edits--) {
        const at = between(random, 0, mutated.length)
        const to = Math.min(mutated.length, at + between(random, 0, 200))
        const noise = Uint8Array.from({ length: between(random, 0, 40) }, () =>
          between(random, 0, 255),
        )
        const kind = between(random, 0, 3)
        const middle = kind === 0 ? noise : kind === 1 ? mutated.subarray(at, to) : new Uint8Array()
        const rest = kind === 2 ? to : at
        mutated = Buffer.concat([mutated.subarray(0, at), middle, mutated.subarray(rest)])
      }
      const { records } = decodeJournal(mutated)
      const unwritten = records.filter(record => !written.has(JSON.stringify(record)))
      if (unwritten.length > 0) expect.fail(`round ${round} reads ${JSON.stringify(unwritten)}`)
    }
  })

  test('garbage and huge lines are one damaged line each', () => {
    const huge = new Uint8Array(5_000_000).fill(0x61)
    const noise = Uint8Array.of(0xff, 0xfe, 0, 0x0a)
    const mixed = new Uint8Array([...noise, 0x0a, 0x0a])
    expect(decodeJournal(mixed)).toEqual({ records: [], damaged: 1, torn: false })
    const whole = new Uint8Array(huge.length + 1 + bytes.length)
    whole.set(huge)
    whole[huge.length] = 0x0a
    whole.set(bytes, huge.length + 1)
    expect(decodeJournal(whole)).toEqual({ records: journal, damaged: 1, torn: false })
  })
})

describe('lines with a right check', () => {
  test.each([
    ['a later version that lacks every other field', '{"t":"begin","v":2}'],
    ['unknown fields', '{"t":"aborted","id":"x","new":{"a":1}}'],
    ['a source of which only the size is known', '{"t":"source","size":0,"at":0}'],
    ['the largest part number', JSON.stringify({ ...part(10_000) })],
  ])('%s is read', (_what, json) => {
    expect(decodeJournal(line(json))).toEqual({
      records: [JSON.parse(json)],
      damaged: 0,
      torn: false,
    })
  })

  test.each([
    '{"t":"invented","x":1}',
    '{"t":"__proto__"}',
    '{"t":"constructor"}',
    '{"t":"toString"}',
  ])('%s is of an unknown type: skipped, and no damage', json => {
    expect(decodeJournal(line(json))).toEqual({ records: [], damaged: 0, torn: false })
  })

  const cases: [what: string, json: string][] = [
    ['no JSON', '{"t":'],
    ['no object', '17'],
    ['null', 'null'],
    ['a list', '["begin"]'],
    ['no type', '{"id":"x"}'],
    ['a type that only looks like one', '{"t":["aborted"],"id":"x"}'],
    ['a prototype that has the fields', '{"t":"aborted","__proto__":{"id":"x"}}'],
    ['a version that is no number', '{"t":"begin","v":"2"}'],
    ['a begin that lacks its key', JSON.stringify({ ...begin, key: undefined })],
    ['a size below 0', '{"t":"source","size":-1,"at":0}'],
    ['a size that no number holds', '{"t":"source","size":1e300,"at":0}'],
    ['a stamp that is none', '{"t":"source","size":1,"mtimeNs":"soon","at":0}'],
    ['a part size of 0', JSON.stringify({ ...intent('x'), partSize: 0 })],
    ['headers that are none', JSON.stringify({ ...intent('x'), headers: null })],
    ['a header that is no text', JSON.stringify({ ...intent('x'), headers: { a: 1 } })],
    ['part number 0', JSON.stringify({ ...part(1), n: 0 })],
    ['part number 10,001', JSON.stringify({ ...part(1), n: 10_001 })],
    ['a CRC-64 that is none', JSON.stringify({ ...part(1), c: '0x12' })],
    ['a CRC-64 that is a number', JSON.stringify({ ...part(1), c: 12 })],
    ['a drop of no list', '{"t":"drop","n":3}'],
    ['a drop of what are no numbers', '{"t":"drop","n":["1"]}'],
  ]
  test.each(cases)('%s is damage', (_what, json) => {
    expect(decodeJournal(line(json))).toEqual({ records: [], damaged: 1, torn: false })
  })
})

test('text that UTF-8 and JSON have to escape survives', () => {
  const odd: JournalRecord = { t: 'aborting', id: 'a"\\\u2028\u0000', why: '日本 😀 \ud800' }
  expect(decodeJournal(encodeRecords([odd])).records).toEqual([odd])
})
