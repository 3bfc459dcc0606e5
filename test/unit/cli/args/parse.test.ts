import { rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { expect, test } from 'vitest'
import { command } from '../../../../src/cli/args/command.ts'
import {
  count,
  oneOf,
  orAuto,
  pairs,
  path,
  size,
  text,
  toggle,
} from '../../../../src/cli/args/flags.ts'
import { parseRequest } from '../../../../src/cli/args/parse.ts'
import { UsageError } from '../../../../src/cli/args/usage-error.ts'
import { commands } from '../../../../src/cli/commands.ts'

const example = command({
  usage: ['example <file> [more]'],
  examples: [['ossup example file', '']],
  positionals: { min: 1, max: 2 },
  flags: {
    'part-size': orAuto(size('<size>', '')),
    concurrency: count('<n>', '', { min: 1, max: 256 }),
    verify: oneOf(['auto', 'always'], ''),
    name: text('<name>', ''),
    metadata: pairs('<k=v>', '', name => name.toLowerCase()),
    dir: path('<dir>', ''),
    wait: toggle(''),
  },
  run: async () => {},
})

const nothing = {
  'part-size': undefined,
  concurrency: undefined,
  verify: undefined,
  name: undefined,
  metadata: undefined,
  dir: undefined,
  wait: false,
}

test.each([
  [['f'], ['f'], {}],
  [['f', '--part-size', '1MiB'], ['f'], { 'part-size': 1_048_576 }],
  [['--part-size=1MiB', 'f'], ['f'], { 'part-size': 1_048_576 }],
  [['f', '--part-size', 'auto'], ['f'], {}],
  [['f', '--concurrency', '4'], ['f'], { concurrency: 4 }],
  [['f', '--verify', 'always'], ['f'], { verify: 'always' }],
  [['f', '--wait', 'g'], ['f', 'g'], { wait: true }],
  [['f', '--metadata', 'a=b=c', '--metadata', 'd='], ['f'], { metadata: { a: 'b=c', d: '' } }],
  [['f', '--name', '-'], ['f'], { name: '-' }],
  [['f', '--name', '-5'], ['f'], { name: '-5' }],
  [['f', '--name=--wait'], ['f'], { name: '--wait' }],
  [['f', '--dir=~/x'], ['f'], { dir: `${homedir()}/x` }],
  [['f', '--dir', '~'], ['f'], { dir: homedir() }],
  [['f', '--dir', 'a/~/x'], ['f'], { dir: 'a/~/x' }],
  [['-', 'g'], ['-', 'g'], {}],
  [['--', '--wait', '-x'], ['--wait', '-x'], {}],
])('%j is understood', (args, positionals, flags) => {
  expect(parseRequest('example', example, args)).toEqual({
    positionals,
    flags: { ...nothing, ...flags },
  })
})

test.each([
  [['upload', 'file'], 'missing: oss://bucket/key'],
  [['upload', 'oss://b/k'], 'missing: <file>'],
  [['upload'], 'missing: <file> and oss://bucket/key'],
  [['sign'], 'missing: oss://bucket/key'],
  [['completion'], 'missing: bash, zsh, fish'],
  [['sign', 'oss://b/k', '--expires', '99d'], "--expires is '99d'"],
  [['upload', 'f', 'oss://b/k', '--part-size', '10'], "--part-size is '10'"],
] as const)('%j: %s', async ([name, ...args], message) => {
  const command = await commands[name].load()
  expect(() => parseRequest(name, command, args)).toThrow(message)
})

test.each([
  [[], 'example: missing: <file>', 'ossup example <file>'],
  [['a', 'b', 'c'], 'too many arguments', 'ossup example <file>'],
  [[''], 'an argument is empty', 'shell variable'],
  [['f', '--part-sise', '1'], 'no flag --part-sise', 'Did you mean --part-size?'],
  [['f', '--colour'], 'no flag --colour', 'See ossup help example'],
  [['f', '-x'], 'no flag -x', 'See ossup help example'],
  [['f', '--toString'], 'no flag --toString', 'See ossup help example'],
  [['f', '--part-size'], '--part-size needs a value', '--part-size <size>'],
  [['f', '--part-size', '--wait'], '--part-size needs a value', '--part-size <size>'],
  [['f', '--part-size='], "--part-size is ''", '10MiB'],
  [['f', '--wait=yes'], '--wait takes no value', 'alone'],
  [['f', '--name', 'a', '--name', 'b'], '--name is given twice', 'Leave one'],
  [
    ['f', '--metadata', 'a=1', '--metadata', 'b=1', '--metadata', 'A=2'],
    '--metadata A is given twice',
    'Leave one',
  ],
  [['f', '--concurrency', '0'], "--concurrency is '0'", '1 to 256'],
  [['f', '--concurrency', '1.5'], "--concurrency is '1.5'", '1 to 256'],
  [['f', '--verify', 'never'], "--verify is 'never'", 'auto, always'],
  [['f', '--metadata', '=x'], "--metadata is '=x'", 'name=value'],
])('%j is refused, and says what to write', (args, message, hint) => {
  const refused = () => parseRequest('example', example, args)
  expect(refused).toThrow(UsageError)
  expect(refused).toThrow(message)
  expect(refused).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }))
})

test('a file whose name begins with a hyphen is recognised', () => {
  const name = `-dash-${process.pid}`
  // A thread has no working folder of its own, so the file is in that of the process.
  writeFileSync(`./${name}`, '')
  try {
    expect(() => parseRequest('example', example, [name, 'f'])).toThrow(
      expect.objectContaining({
        message: `example has no flag -d, but there is a file ${name}`,
        hint: `Write ./${name}, or -- before the names of files.`,
      }),
    )
  } finally {
    rmSync(`./${name}`)
  }
})
