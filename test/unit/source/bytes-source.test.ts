import { expect, test } from 'vitest'
import { bytesSource } from '../../../src/source/bytes-source.ts'

const digits = () => new TextEncoder().encode('123456789')

test('the content is the identity', async () => {
  const source = bytesSource(digits(), 'digits.txt')
  expect(source.name).toBe('digits.txt')
  expect(await source.identity()).toEqual({ size: 9, crc64: '11051210869376104954' })
  expect(bytesSource(digits()).id).toBe(source.id)
  expect(bytesSource(digits().reverse()).id).not.toBe(source.id)
})

test.each([
  { position: 0, room: 4, found: '1234' },
  { position: 7, room: 4, found: '89' },
  { position: 9, room: 4, found: '' },
  { position: 20, room: 4, found: '' },
])('reads $room from $position', async ({ position, room, found }) => {
  const into = new Uint8Array(room)
  const count = await bytesSource(digits()).read(into, position)
  expect(new TextDecoder().decode(into.subarray(0, count))).toBe(found)
})

test('shows bytes that were changed under it', async () => {
  const bytes = digits()
  const source = bytesSource(bytes)
  const before = await source.identity()
  bytes[0] = 0
  expect(await source.identity()).not.toEqual(before)
})
