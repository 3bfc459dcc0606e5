// ossup prove against the local OSS: the report, what it leaves out, and the clean-up after a stop.

import { afterEach, expect, test } from 'vitest'
import { jsonLines, ossup, start } from './command.ts'
import { localOss } from './local-oss.ts'

const { oss, env, bucket } = await localOss({ unconfirmed: { failedComplete: 'dead' } })
const target = 'oss://examplebucket/prove/'

afterEach(async () => {
  oss.faults.set([])
  expect((await bucket.listObjects()).objects).toEqual([])
  expect((await bucket.listMultipartUploads()).uploads).toEqual([])
})

test('a report names what differs, and neither bucket nor credentials', async () => {
  const outcome = await ossup(['prove', target, '--json'], env)
  expect([outcome.code, outcome.stderr]).toEqual([0, ''])
  const lines = jsonLines(outcome)
  expect(lines.filter(({ state }) => state === 'differs')).toMatchObject([
    { id: 'failedComplete', expected: 'alive', observed: 'dead' },
  ])
  expect(lines.at(-1)).toMatchObject({ type: 'result', differs: 1, left: 0 })
  for (const secret of ['examplebucket', env.OSS_ACCESS_KEY_ID, env.OSS_ACCESS_KEY_SECRET]) {
    expect(outcome.stdout.toString()).not.toContain(secret)
  }
})

test('a report for people ends with the counts', async () => {
  const outcome = await ossup(['prove', target], env)
  expect(outcome.code).toBe(0)
  expect(outcome.stdout.toString()).toMatch(/!= failedComplete: .*: dead, expected alive/)
  expect(outcome.stderr + outcome.stdout.toString()).toMatch(/\d+ hold, 1 differ, \d+ not checked/)
})

test('Ctrl-C in the middle: what was made is removed', async () => {
  const running = start(['prove', target, '--json'], env)
  await running.saw(/"id":"listPartsCrc"/)
  running.child.kill('SIGINT')
  expect((await running.ended).code).toBe(130)
})

test('a bucket that does not exist ends with its exit code', async () => {
  expect((await ossup(['prove', 'oss://no-such-bucket/'], env)).code).toBe(8)
})

test('the prefix must end with a slash', async () => {
  expect((await ossup(['prove', 'oss://examplebucket/prove'], env)).code).toBe(2)
})
