import { expect, test } from 'vitest'
import { limitBandwidth } from '../../../src/schedule/bandwidth.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

test.each([
  { rate: 1024, readers: 1 },
  { rate: 100_000, readers: 1 },
  { rate: 100_000, readers: 5 },
  { rate: 50 * 1024 ** 2, readers: 4 },
])('$readers readers together send $rate bytes a second', async ({ rate, readers }) => {
  const clock = new VirtualClock('jump')
  const limit = limitBandwidth(rate, clock)
  const seconds = 10
  let sent = 0
  const reader = async () => {
    while (clock.monotonic() < seconds * 1000) {
      const granted = await limit.admit(256 * 1024)
      sent += granted
    }
  }
  await Promise.all(Array.from({ length: readers }, reader))
  // At most one burst a reader may be under way beyond the end.
  const burst = Math.max(1024, rate / 10)
  expect(sent).toBeGreaterThanOrEqual(rate * seconds)
  expect(sent).toBeLessThanOrEqual(rate * seconds + burst * (readers + 1))
})

test('it grants at least a byte, at most the wanted bytes, and some every second', async () => {
  const clock = new VirtualClock('jump')
  const limit = limitBandwidth(1024, clock)
  expect(await limit.admit(1)).toBe(1)
  for (let i = 0; i < 5; i++) {
    const before = clock.monotonic()
    expect(await limit.admit(1_000_000)).toBe(1024)
    expect(clock.monotonic() - before).toBeLessThanOrEqual(1000)
  }
})

test('time that was not used is not saved up', async () => {
  const clock = new VirtualClock('jump')
  const limit = limitBandwidth(10_000, clock)
  await clock.sleep(60_000)
  let sent = 0
  const until = clock.monotonic() + 1000
  while (clock.monotonic() < until) sent += await limit.admit(100_000)
  expect(sent).toBeLessThanOrEqual(12_000)
})

test('an abort ends the wait at once', async () => {
  const clock = new VirtualClock()
  const limit = limitBandwidth(1024, clock)
  const stop = new AbortController()
  await limit.admit(1024)
  const waiting = limit.admit(1024, stop.signal)
  stop.abort('enough')
  await expect(waiting).rejects.toBe('enough')
})
