// Killed, stopped, run again: the object is the file, and the server has seen no part twice.

import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { serve } from '../../src/server/index.ts'
import { jsonLines, type Outcome, ossup, start } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const mib = 1024 ** 2
const folder = temporaryFolder()
const { oss, env, bytes } = await localOss()
const file = join(folder, 'file.bin')
const content = noiseFile(file, 12 * mib + 12_345)
/** Each test has checkpoints of its own. */
const checkpoints = (name: string) => ['--checkpoint-dir', join(folder, name)]
const slowly = ['--part-size', '1MiB', '--bandwidth', '8MiB']
const result = (outcome: Outcome) => jsonLines(outcome).at(-1)

test('kill -9, three times', async () => {
  const args = [
    'upload',
    file,
    'oss://examplebucket/killed',
    '--json',
    ...slowly,
    ...checkpoints('killed'),
  ]
  for (let kill = 1; kill <= 3; kill += 1) {
    const { child, saw, ended } = start(args, env)
    await saw(/(?:"type":"part"[\s\S]*?){3}/)
    child.kill('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
  }
  const status = await ossup(['status', '--json', ...checkpoints('killed')], env)
  expect(jsonLines(status)[0]).toMatchObject({
    type: 'checkpoint',
    key: 'killed',
    state: 'sending',
  })
  const last = await ossup(args, env)
  expect(last.code).toBe(0)
  expect(result(last)).toMatchObject({ type: 'result', size: content.length, parts: 13 })
  const { resumed, sentBytes } = result(last) as {
    resumed: { parts: number; bytes: number }
    sentBytes: number
  }
  expect(resumed.parts).toBeGreaterThanOrEqual(9)
  expect(sentBytes).toBe(content.length - resumed.bytes)
  expect((await bytes('killed')).equals(content)).toBe(true)
  expect(oss.stats().partsSentTwice).toBe(0)
  const after = await ossup(
    ['status', 'oss://examplebucket/killed', '--json', ...checkpoints('killed')],
    env,
  )
  expect(jsonLines(after)).toEqual([
    { v: 1, type: 'result', checkpoints: 0, unreadable: 0, uploads: 0, spoolFiles: 0 },
  ])
})

function openFiles(pid = 0): string[] {
  const links = `/proc/${pid}/fd`
  return readdirSync(links).flatMap(name => {
    try {
      return [readlinkSync(join(links, name))]
    } catch {
      return []
    }
  })
}

test.skipIf(process.platform !== 'linux')('stopped at a pipe without a writer', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const { child, ended } = start(['upload', pipe, 'oss://examplebucket/pipe'], env)
  // It says nothing before the first byte: that it waits shows in what it has open.
  while (!openFiles(child.pid).includes(pipe)) await setImmediate()
  child.kill('SIGINT')
  const { code, signal } = await ended
  expect({ code, signal }).toEqual({ code: 130, signal: null })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 143],
] as const)('%s stops gently with %d', async (signal, code) => {
  const target = `oss://examplebucket/${signal}`
  const { child, saw, ended } = start(
    ['upload', file, target, ...slowly, ...checkpoints(signal)],
    env,
  )
  await saw(/[1-9]\d* of 12/)
  child.kill(signal)
  const outcome = await ended
  expect(outcome.code).toBe(code)
  expect(outcome.stderr).toMatch(
    /Stopped\. [1-9]\d* % is safe: run the same command again to continue\.\n$/,
  )
  const again = await ossup(['upload', file, target, ...checkpoints(signal)], env)
  expect(again.code).toBe(0)
  expect(again.stderr).toMatch(/Resumed at [1-9]\d* %: \d.* not sent again\./)
  expect((await bytes(signal)).equals(content)).toBe(true)
})

test('the second process names the busy one', async () => {
  const args = [
    'upload',
    file,
    'oss://examplebucket/busy',
    '--json',
    // Slow enough that the first is still there when the second has started.
    ...['--part-size', '100KiB', '--bandwidth', '128KiB'],
    ...checkpoints('busy'),
  ]
  const first = start(args, env)
  await first.saw(/"type":"part"/)
  const second = await ossup(args, env)
  expect(second.code).toBe(7)
  expect(result(second)).toMatchObject({ type: 'error', code: 'UPLOAD_BUSY', exitCode: 7 })
  first.child.kill('SIGTERM')
  expect((await first.ended).code).toBe(143)
})

test('an OSS that is not there yet is waited for, and that is said at once', async () => {
  const { port, key, close } = await serve({ buckets: ['examplebucket'] })
  await close()
  const dir = checkpoints('not-there-yet')
  const target = 'oss://examplebucket/not-there-yet'
  const { saw, ended } = start(['upload', file, target, '--offline-timeout', '15m', ...dir], {
    OSS_ENDPOINT: `http://127.0.0.1:${port}`,
    OSS_REGION: 'cn-hangzhou',
    OSS_ACCESS_KEY_ID: key.accessKeyId,
    OSS_ACCESS_KEY_SECRET: key.accessKeySecret,
  })
  await saw(/No connection, waiting up to 15 min for it; .* refused \(ECONNREFUSED\)/)
  const late = await serve({ buckets: ['examplebucket'], port, keys: [key] })
  const outcome = await ended
  await late.close()
  expect(outcome.stderr).toMatch(/Connected again after/)
  expect(outcome.code).toBe(0)
})
