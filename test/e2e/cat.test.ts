// What `ossup cat` shows a terminal: text, and nothing that could move its cursor.

import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { localOss } from './local-oss.ts'

const { env, bucket } = await localOss()

/** A process at a terminal. */
function terminal() {
  const shown = { out: '', err: '' }
  const collect = (name: 'out' | 'err') => ({
    isTTY: true,
    columns: 200,
    write(data: string | Uint8Array, done?: () => void) {
      shown[name] += typeof data === 'string' ? data : new TextDecoder().decode(data)
      done?.()
      return true
    },
    on: () => {},
  })
  const signals = new EventEmitter()
  return {
    shown,
    env,
    stdin: (async function* () {})(),
    stdout: collect('out'),
    stderr: collect('err'),
    on: signals.on.bind(signals),
    off: signals.off.bind(signals),
    exit: () => {},
  }
}

test.each([
  ['text.txt', 'text/plain', 0, 'content'],
  ['data.bin', 'application/octet-stream', 2, ''],
])('%s of %s on a terminal', async (key, contentType, code, out) => {
  const body = new TextEncoder().encode('content')
  await bucket.putObject({ key, body, headers: { 'content-type': contentType } })
  const world = terminal()
  expect(await main(['cat', `oss://examplebucket/${key}`], world)).toBe(code)
  expect(world.shown.out).toBe(out)
  if (code !== 0) expect(world.shown.err).toContain(`ossup cat oss://examplebucket/${key} > file`)
})
