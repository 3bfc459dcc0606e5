import { expect, test } from 'vitest'
import { DiskPace } from '../../../../../src/runtimes/node/files/disk-pace.ts'

/** A disk whose calls take as long as they are told to. */
function disk() {
  let at = 0
  const pace = new DiskPace({ monotonic: () => at })
  const call = (ms: number) =>
    pace.timed(() => {
      at += ms
      return ms
    })
  return { pace, call }
}

test('while calls are quick, the next may be made at once', () => {
  const { pace, call } = disk()
  for (let calls = 0; calls < 100; calls++) {
    expect(pace.isQuick()).toBe(true)
    expect(call(0.05)).toBe(0.05)
  }
})

test('after a slow call fifty are made in another manner, then one is tried again', () => {
  const { pace, call } = disk()
  call(8)
  for (let calls = 0; calls < 50; calls++) expect(pace.isQuick()).toBe(false)
  expect(pace.isQuick()).toBe(true)
  call(8)
  expect(pace.isQuick()).toBe(false)
})

test('a call that fails late is slow as well', () => {
  let at = 0
  const pace = new DiskPace({ monotonic: () => at })
  const failing = () => {
    at += 8
    throw new Error('the disk is gone')
  }
  expect(() => pace.timed(failing)).toThrow('the disk is gone')
  expect(pace.isQuick()).toBe(false)
})
