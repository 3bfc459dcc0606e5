import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { parseRequest } from '../../../src/cli/args/parse.ts'
import { commands, findCommand } from '../../../src/cli/commands.ts'
import { exitCodes } from '../../../src/cli/errors/exit-code-table.ts'
import { main } from '../../../src/cli/main.ts'

function host(env: Record<string, string> = {}, columns?: number) {
  const shown = { out: '', err: '' }
  const collect = (name: 'out' | 'err') => ({
    write: (data: string | Uint8Array, done?: () => void) => {
      shown[name] += data
      done?.()
      return true
    },
    on: () => {},
    ...(columns !== undefined && { isTTY: true, columns }),
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
  '%j shows all commands and where more help is',
  async args => {
    const world = host()
    expect(await main(args, world)).toBe(0)
    for (const name of Object.keys(commands)) expect(world.shown.out).toContain(`\n  ${name} `)
    expect(world.shown.out).toContain('ossup help exit-codes')
    expect(world.shown.err).toBe('')
  },
)

test('the exit codes have one page, and all others name it', async () => {
  const world = host()
  expect(await main(['help', 'exit-codes'], world)).toBe(0)
  const words = world.shown.out.replace(/\s+/g, ' ')
  for (const meaning of Object.values(exitCodes)) expect(words).toContain(meaning)
  for (const name of Object.keys(commands)) {
    const other = host()
    await main(['help', name], other)
    expect(other.shown.out).toMatch(/\nExit codes: ossup help exit-codes\n$/)
  }
})

const widths = [undefined, 40, 59, 60, 80, 100, 200]
const pages = ['help', 'exit-codes', 'environment', ...Object.keys(commands)]

test.each(pages)('the help of %s begins with examples and fits the window', async name => {
  for (const columns of widths) {
    const world = host({}, columns)
    expect(await main(['help', name], world)).toBe(0)
    const lines = world.shown.out.split('\n')
    const isOfCommand = Object.hasOwn(commands, name)
    if (isOfCommand || name === 'help') expect(lines[lines.indexOf('') + 1]).toBe('Examples:')
    // A word that is longer than the window, such as an address, is not broken.
    const tooLong = lines.filter(
      line =>
        line.length > (columns ?? 80) &&
        !/^ *\S+$|^ {2}(?:# .*|ossup|find|pg_dump|eval)\b/.test(line),
    )
    expect([columns, tooLong]).toEqual([columns, []])
    if ((columns ?? 80) >= 80) {
      expect([columns, lines.filter(line => line.length > (columns ?? 80))]).toEqual([columns, []])
    }
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100)
  }
})

test.each(Object.keys(commands))('%s --help is its help', async name => {
  const [help, flag, before] = [host(), host(), host()]
  await main(['help', name], help)
  await main([name, '--help'], flag)
  await main(['-h', name], before)
  expect(flag.shown.out).toBe(help.shown.out)
  expect(before.shown.out).toBe(help.shown.out)
})

test.each(Object.keys(commands) as (keyof typeof commands)[])(
  'the examples of %s can be typed',
  async name => {
    const command = await commands[name].load()
    for (const [line] of command.examples) {
      const [, typed = ''] = /\bossup ([^|>)<]*)/.exec(line) ?? []
      const [called, ...args] = typed.trim().split(/\s+/)
      const entry = findCommand(called ?? '')
      expect([line, entry]).not.toEqual([line, undefined])
      if (entry === undefined) continue
      const definition = await entry.load()
      expect(() => parseRequest(called ?? '', definition, args)).not.toThrow()
    }
  },
)

test('an unknown command is a usage error with a guess', async () => {
  const world = host()
  expect(await main(['uplaod'], world)).toBe(2)
  expect(world.shown.err).toBe(
    "ossup: 'uplaod' is not a command\nDid you mean ossup upload? See ossup help.\n",
  )
})

test.each([
  [['--json', 'stat', 'oss://bucket']],
  [['-q', '--json', 'stat', 'oss://bucket']],
  [['--profile', 'ls', '--json', 'stat', 'oss://bucket']],
  [['--profile=work', 'stat', '--json', 'oss://bucket']],
])('flags may come before the command: %j', async args => {
  const world = host()
  expect(await main(args, world)).toBe(2)
  expect(JSON.parse(world.shown.out)).toMatchObject({
    code: 'USAGE',
    hint: 'Write oss://bucket/key.',
  })
})

test('so may flags that only the command knows', async () => {
  const world = host()
  expect(await main(['--part-size', '10', 'upload', 'file', 'oss://bucket/key'], world)).toBe(2)
  expect(world.shown.err).toContain("--part-size is '10'")
})

test('a flag alone is no command', async () => {
  const world = host()
  expect(await main(['--json=x', '-q'], world)).toBe(2)
  expect(world.shown.err).toBe('ossup: there is no command beside --json=x\nSee ossup help.\n')
})

test('version', async () => {
  const world = host()
  expect(await main(['version'], world)).toBe(0)
  expect(world.shown.out).toBe('not built\n')
})

test.each(['upload', 'resume'])('the help of %s says which defaults are automatic', async name => {
  const world = host()
  await main(['help', name], world)
  expect(world.shown.out).toMatch(/--part-size <[\s\S]*?; default:\s+auto/)
  expect(world.shown.out).toMatch(/--concurrency <[\s\S]*?; default:\s+auto/)
})

test('a command without flags has no empty list of them', async () => {
  const world = host()
  await main(['help', 'completion'], world)
  expect(world.shown.out).not.toContain('Options:')
})

test('a word of other tools is answered before a slip of the fingers', async () => {
  const world = host()
  expect(await main(['mv', 'a', 'b'], world)).toBe(2)
  expect(world.shown.err).not.toContain('mb')
  expect(world.shown.err).toContain('Objects cannot be copied or moved')
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

test('missing credentials are reported before any request', async () => {
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
