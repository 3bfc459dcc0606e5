import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { commands } from '../../../src/cli/commands.ts'
import { exitCodes } from '../../../src/cli/errors/exit-code-table.ts'
import { main } from '../../../src/cli/main.ts'

function host(env: Record<string, string> = {}) {
  const shown = { out: '', err: '' }
  const collect = (name: 'out' | 'err') => ({
    write: (data: string | Uint8Array, done?: () => void) => {
      shown[name] += data
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
    signals,
  }
}

test.each([[[]], [['help']], [['help', 'help']], [['--help']], [['-h']]])(
  '%j shows all commands and exit codes',
  async args => {
    const world = host()
    expect(await main(args, world)).toBe(0)
    for (const name of Object.keys(commands)) expect(world.shown.out).toContain(`\n  ${name} `)
    for (const meaning of Object.values(exitCodes)) expect(world.shown.out).toContain(meaning)
    expect(world.shown.err).toBe('')
  },
)

test.each(Object.keys(commands))('%s has a help of at most 100 columns', async name => {
  const world = host()
  expect(await main(['help', name], world)).toBe(0)
  expect(world.shown.out).toContain(`ossup ${name}`)
  expect(Math.max(...world.shown.out.split('\n').map(line => line.length))).toBeLessThanOrEqual(100)
  const same = host()
  await main([name, '--help'], same)
  expect(same.shown.out).toBe(world.shown.out)
})

test('an unknown command is a usage error with a guess', async () => {
  const world = host()
  expect(await main(['uplaod'], world)).toBe(2)
  expect(world.shown.err).toBe(
    "ossup: 'uplaod' is not a command\nDid you mean ossup upload? See ossup help.\n",
  )
})

test('a flag before the command is told where it belongs', async () => {
  const world = host()
  expect(await main(['--profile', 'work', 'ls'], world)).toBe(2)
  expect(world.shown.err).toBe(
    'ossup: a flag cannot come before the command: --profile\nWrite ossup <command> first, then its flags. See ossup help.\n',
  )
})

test.each(['upload', 'resume'])('the help of %s says what is chosen by itself', async name => {
  const world = host()
  await main(['help', name], world)
  expect(world.shown.out).toMatch(/--part-size <.*; default: auto/)
  expect(world.shown.out).toMatch(/--concurrency <.*; default: auto/)
})

test('a command without flags has no empty list of them', async () => {
  const world = host()
  await main(['help', 'completion'], world)
  expect(world.shown.out).not.toContain('Flags:')
})

test.each([
  ['cp', /ossup upload .*ossup download/],
  ['rb', /ossup rm -r/],
  ['version', /ossup --version/],
])('who knows other tools and types %s is told what to type here', async (name, hint) => {
  const world = host()
  expect(await main([name], world)).toBe(2)
  expect(world.shown.err).toMatch(hint)
})

test('with --json the last line tells the error as well', async () => {
  const world = host()
  expect(await main(['stat', 'oss://bucket', '--json'], world)).toBe(2)
  expect(JSON.parse(world.shown.out)).toEqual({
    v: 1,
    type: 'error',
    name: 'UsageError',
    code: 'USAGE',
    message: "'oss://bucket' names no object",
    hint: 'Write oss://bucket/key.',
    exitCode: 2,
  })
  expect(world.shown.err).toContain('names no object')
})

test('missing credentials are told before any request', async () => {
  const world = host()
  const args = ['stat', 'oss://bucket/key', '--region', 'cn-hangzhou']
  expect(await main(args, world)).toBe(3)
  expect(world.shown.err).toContain('OSS_ACCESS_KEY_ID')
})

test('standard input has no name for a key that ends in /', async () => {
  const world = host()
  expect(await main(['upload', '-', 'oss://bucket/dir/'], world)).toBe(2)
  expect(world.shown.err).toContain("no name to append to 'oss://bucket/dir/'")
})

test.each([
  [['upload', 'file', 'oss://bucket/key', '--force'], /--force means nothing without --adopt/],
  [['mb', 'photos'], /Write oss:\/\/bucket\.\n$/],
  [['ls', 'oss://'], /Write oss:\/\/bucket or oss:\/\/bucket\/prefix\.\n$/],
  [['upload', 'oss://bucket/key', 'file'], /file first.*\nWrite ossup upload file oss:\/\/bucket/],
  [
    ['upload', 'a.jpg', 'b.jpg', 'oss://bucket/x'],
    /one object.*\nWrite oss:\/\/bucket\/x\/ to put them/,
  ],
  [['upload', '-', 'b.jpg', 'oss://bucket/x/'], /cannot be one of several/],
  [['upload', 'a.jpg', 'oss://bucket/x', '--include', '*'], /--include is for a folder/],
])('%j is a usage error that says what to write', async (args, pattern) => {
  const world = host()
  expect(await main(args, world)).toBe(2)
  expect(world.shown.err).toMatch(pattern)
})

test('no listener for signals is left', async () => {
  const world = host()
  await main(['stat'], world)
  expect(world.signals.eventNames()).toEqual([])
})
