import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { portableHash, sha256Hex } from '../../../../../src/hash/sha256.ts'
import { nodeClock } from '../../../../../src/runtimes/node/platform/clock.ts'
import { nodeHash } from '../../../../../src/runtimes/node/platform/hash.ts'
import { nodeRandom } from '../../../../../src/runtimes/node/platform/random.ts'

const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length

test('a sleep ends, and leaves no listener behind', async () => {
  const { signal } = new AbortController()
  const before = nodeClock.monotonic()
  await nodeClock.sleep(5, signal)
  expect(nodeClock.monotonic()).toBeGreaterThan(before)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('an aborted sleep rejects with the reason and clears its timer', async () => {
  const controller = new AbortController()
  const before = timers()
  const sleeping = nodeClock.sleep(1e12, controller.signal)
  expect(timers()).toBe(before + 1)
  controller.abort('enough')
  await expect(sleeping).rejects.toBe('enough')
  expect(timers()).toBe(before)
  await expect(nodeClock.sleep(0, controller.signal)).rejects.toBe('enough')
})

test('chance is from 0 up to, not including, 1', () => {
  const drawn = Array.from({ length: 1000 }, () => nodeRandom.next())
  expect(drawn.every(number => number >= 0 && number < 1)).toBe(true)
  expect(new Set(drawn).size).toBe(1000)
})

test('hashes give the known answers', () => {
  expect(nodeHash().sha256Hex('abc')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
  const [key, text] = [
    new TextEncoder().encode('key'),
    'The quick brown fox jumps over the lazy dog',
  ]
  const known = 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8'
  expect(nodeHash().hmacSha256Hex(key, text)).toBe(known)
  expect(Buffer.from(nodeHash().hmacSha256(key, text)).toString('hex')).toBe(known)
  expect(nodeHash().sha256Hex('中😀')).toBe(sha256Hex('中😀'))
  // Keys around the size of a block, which HMAC treats in different ways.
  for (const size of [0, 1, 32, 63, 64, 65, 200]) {
    const other = Uint8Array.from({ length: size }, (_, index) => 255 - index)
    expect(nodeHash().hmacSha256Hex(other, '中😀')).toBe(portableHash.hmacSha256Hex(other, '中😀'))
  }
})
