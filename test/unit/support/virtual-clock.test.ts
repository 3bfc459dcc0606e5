import { expect, test } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

test('a still clock wakes its sleepers in the order of their moments', async () => {
  const clock = new VirtualClock()
  const woken: string[] = []
  void clock.sleep(20).then(() => woken.push(`late ${clock.monotonic()}`))
  void clock.sleep(10).then(() => woken.push(`early ${clock.monotonic()}`))
  await clock.advance(9)
  expect(woken).toEqual([])
  await clock.advance(100)
  expect(woken).toEqual(['early 10', 'late 20'])
  expect(clock.monotonic()).toBe(109)
})

test('a jumping clock passes time only while all wait, and an abort ends a sleep', async () => {
  const clock = new VirtualClock('jump')
  await clock.sleep(3_600_000)
  expect(clock.monotonic()).toBe(3_600_000)
  const stop = new AbortController()
  const sleep = clock.sleep(1000, stop.signal)
  stop.abort('enough')
  await expect(sleep).rejects.toBe('enough')
  expect(clock.sleepers).toBe(0)
})
