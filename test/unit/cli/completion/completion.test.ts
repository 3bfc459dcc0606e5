// What the shells are told: every command and flag of the tables, and in bash what is really offered.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../../../src/cli/commands.ts'
import { bashCompletion } from '../../../../src/cli/completion/bash.ts'
import { fishCompletion } from '../../../../src/cli/completion/fish.ts'
import { completionWords } from '../../../../src/cli/completion/words.ts'
import { zshCompletion } from '../../../../src/cli/completion/zsh.ts'

const words = await completionWords(commands)

test.each([
  ['bash', bashCompletion, (flag: string) => `--${flag}`],
  ['zsh', zshCompletion, (flag: string) => `--${flag}[`],
  ['fish', fishCompletion, (flag: string) => `-l ${flag} `],
])('%s knows every command and every flag', async (_, script, written) => {
  const text = script(words)
  for (const [name, entry] of Object.entries(commands)) {
    expect(text).toContain(name)
    const { flags } = await entry.load()
    for (const flag of Object.keys(flags)) expect(text).toContain(written(flag))
  }
})

test('what has quotes, brackets and colons in it stays one word', () => {
  const help = "one's [own]: \\x"
  const flag = { name: 'flag', short: undefined, help, many: true, value: ['a', 'b'] } as const
  const command = { name: 'do', summary: "it's", flags: [flag], arguments: 'file' } as const
  expect(zshCompletion([command])).toContain(`'*--flag[one'\\''s \\[own\\]\\: \\\\x]:flag:(a b)'`)
  expect(fishCompletion([command])).toContain(`-l flag -x -a 'a b' -d 'one\\'s [own]: \\\\x'`)
})

/** What bash offers for the last word. */
function offered(...line: string[]): string[] {
  const program = `${bashCompletion(words)}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ossup; printf '%s\\n' "\${COMPREPLY[@]}"`
  const out = execFileSync('bash', ['-c', program, 'bash', ...line], { encoding: 'utf8' })
  return out.split('\n').filter(word => word !== '')
}

test.skipIf(!existsSync('/bin/bash')).each<[string[], string[]]>([
  [
    ['ossup', 'st'],
    ['status', 'stat'],
  ],
  [['ossup', 'upload', '--st'], ['--storage-class']],
  [['ossup', 'upload', '--storage-class', 'A'], ['Archive']],
  [['ossup', 'upload', '--storage-class', '=', 'Deep'], ['DeepColdArchive']],
  [
    ['ossup', 'upload', '--acl', '='],
    ['default', 'private', 'public-read', 'public-read-write'],
  ],
  [['ossup', 'upload', ''], []],
  [
    ['ossup', 'sign', '--method', ''],
    ['GET', 'PUT'],
  ],
  [
    ['ossup', 'completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['ossup', 'help', 'res'], ['resume']],
  [['ossup', 'nonsense', '--'], []],
])('%j', (line, expected) => {
  expect(offered(...line)).toEqual(expected)
})
