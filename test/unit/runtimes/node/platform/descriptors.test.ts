import { expect, test } from 'vitest'
import { withDescriptor } from '../../../../../src/runtimes/node/platform/descriptors.ts'

const fault = (code: string) => Object.assign(new Error(code), { code })

/** Opens as scripted, and counts the pauses. */
async function run(failures: Error[], isForever = false) {
  let pausedMs = 0
  let opened = 0
  const outcome = await withDescriptor(
    async () => {
      const failure = failures[isForever ? 0 : opened]
      opened += 1
      if (failure !== undefined) throw failure
      return 'open'
    },
    async ms => {
      pausedMs += ms
    },
  ).catch(error => error.code)
  return { outcome, opened, pausedMs }
}

test.each(['EMFILE', 'ENFILE'])('%s is waited out', async code => {
  const failures = Array.from({ length: 4 }, () => fault(code))
  expect(await run(failures)).toEqual({ outcome: 'open', opened: 5, pausedMs: 300 })
})

test('not for ever', async () => {
  const { outcome, pausedMs } = await run([fault('EMFILE')], true)
  expect(outcome).toBe('EMFILE')
  expect(pausedMs).toBeGreaterThanOrEqual(20_000)
  expect(pausedMs).toBeLessThan(21_000)
})

test('other failures are reported at once', async () => {
  expect(await run([fault('ENOENT')])).toEqual({ outcome: 'ENOENT', opened: 1, pausedMs: 0 })
})
