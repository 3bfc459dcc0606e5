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

test('a report for people says where, when and with what, and ends with the counts', async () => {
  const outcome = await ossup(['prove', target], env)
  const report = outcome.stdout.toString()
  expect(report).toMatch(/^ossup prove, version \d+\.\d+\.\d+.*, \d{4}-\d\d-\d\dT[\d:.]+Z\n/)
  expect(report).toMatch(
    /region cn-hangzhou, endpoint 127\.0\.0\.1:\d+, versioning of the bucket: none/,
  )
  for (const secret of ['examplebucket', env.OSS_ACCESS_KEY_ID, env.OSS_ACCESS_KEY_SECRET]) {
    expect(report).not.toContain(secret)
  }
  expect(outcome.code).toBe(0)
  expect(outcome.stdout.toString()).toMatch(/!= failedComplete: .*: dead, expected alive/)
  expect(outcome.stderr + outcome.stdout.toString()).toMatch(
    /\d+ hold, 1 differ, 0 not permitted, \d+ not checked\. \d+ requests/,
  )
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in the middle: what was made is removed', async (signal, code) => {
  const running = start(['prove', target, '--json'], env)
  await running.saw(/"id":"listPartsCrc"/)
  running.child.kill(signal)
  expect((await running.ended).code).toBe(code)
})

test('a clean-up that fails: exit code 9, and a command that removes the rest', async () => {
  const operations = ['DeleteObject', 'AbortMultipartUpload']
  oss.faults.set([{ kind: 'error', status: 403, code: 'AccessDenied', operations }])
  const outcome = await ossup(['prove', target, '--json'], env)
  oss.faults.set([])
  expect(outcome.code).toBe(9)
  const lines = jsonLines(outcome)
  const left = lines.filter(({ type }) => type === 'left')
  expect(lines.at(-1)).toMatchObject({ code: 'SOME_FAILED', left: left.length })
  const [command = ''] = new Set(left.map(({ command }) => String(command)))
  expect(command).toMatch(
    /^ossup prove --remove oss:\/\/examplebucket\/prove\/\.ossup-prove-\w{12}\/$/,
  )
  expect(outcome.stderr).toContain(command)
  expect((await ossup(command.split(' ').slice(1), env)).code).toBe(0)
})

test('--remove removes nothing but a folder that prove made', async () => {
  expect((await ossup(['prove', '--remove', target], env)).code).toBe(2)
})

test('a bucket that does not exist ends with its exit code', async () => {
  expect((await ossup(['prove', 'oss://no-such-bucket/'], env)).code).toBe(8)
})

test('the prefix must end with a slash', async () => {
  expect((await ossup(['prove', 'oss://examplebucket/prove'], env)).code).toBe(2)
})
