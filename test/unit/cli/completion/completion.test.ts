// The scripts know every command and flag of the tables; of bash, this checks what it really offers.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../../../src/cli/commands.ts'
import { bashCompletion } from '../../../../src/cli/completion/bash.ts'
import { fishCompletion } from '../../../../src/cli/completion/fish.ts'
import { powershellCompletion } from '../../../../src/cli/completion/powershell.ts'
import { completionWords } from '../../../../src/cli/completion/words.ts'
import { zshCompletion } from '../../../../src/cli/completion/zsh.ts'

const words = await completionWords(commands)

test.each([
  ['bash', bashCompletion, (flag: string) => `--${flag}`],
  ['zsh', zshCompletion, (flag: string) => `--${flag}[`],
  ['fish', fishCompletion, (flag: string) => `-l ${flag} `],
  ['powershell', powershellCompletion, (flag: string) => `'--${flag}'`],
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
    ['bash', 'zsh', 'fish', 'powershell'],
  ],
  [['ossup', 'help', 'res'], ['resume']],
  [['ossup', 'nonsense', '--'], []],
])('%j', (line, expected) => {
  expect(offered(...line)).toEqual(expected)
})

/** What bash offers at the end of a line, where these are the answers of ossup. */
function offeredFor(typed: string, breaks = ':'): string[] {
  const line = `ossup ${typed}`
  // Readline makes words of what a colon separates.
  const typedWords = line
    .split(breaks === '' ? /( )/ : /( |:)/)
    .filter(word => word !== ' ' && word !== '')
  if (line.endsWith(' ')) typedWords.push('')
  const program = `ossup() {
      case "$*" in
        'status --quiet') printf '%s\\n' oss://bkt/k '  from /f' '  id 3f2a91bc00; begun' '  id 77; begun' ;;
        'ls --quiet') printf '%s\\n' '2026-01-01 00:00:00Z  cn-hangzhou     oss://bkt-one' 'x  oss://bkt-two' ;;
        'ls --quiet -- oss://bkt/p') printf '%s\\n' 'PRE  oss://bkt/photos/' '12  oss://bkt/p $(touch '"$RUN"') q' ;;
      esac
    }
    ${bashCompletion(words)}
    COMP_WORDBREAKS=$' \\t\\n${breaks}'; COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ossup; printf '%s\\n' "\${COMPREPLY[@]}"`
  const env = { ...process.env, RUN: '/nonexistent/run' }
  const out = execFileSync('bash', ['-c', program, 'bash', line, ...typedWords], {
    encoding: 'utf8',
    env,
  })
  return out.split('\n').filter(word => word !== '')
}

test.skipIf(!existsSync('/bin/bash')).each<[string, string[], string?]>([
  ['resume ', ['3f2a91bc00', '77']],
  ['clean 3', ['3f2a91bc00']],
  ['upload f oss://', ['//bkt-one/', '//bkt-two/']],
  ['ls oss://bkt-t', ['//bkt-two/']],
  ['ls oss://bkt-t', ['oss://bkt-two/'], ''],
  // Keys are data: nothing in them is run.
  ['rm oss://bkt/p', ['//bkt/photos/', '//bkt/p\\ \\$\\(touch\\ /nonexistent/run\\)\\ q']],
  ['stat oss://other/', []],
])('bash offers for %j what OSS and checkpoints have', (typed, expected, breaks) => {
  expect(offeredFor(typed, breaks)).toEqual(expected)
})
