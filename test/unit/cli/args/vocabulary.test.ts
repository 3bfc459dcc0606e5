// One vocabulary: a flag is the option's name in kebab-case.

import { expect, test } from 'vitest'
import type { Command } from '../../../../src/cli/args/command.ts'
import { flagsOfOptions } from '../../../../src/cli/args/option-flags.ts'
import { commands } from '../../../../src/cli/commands.ts'
import { uploadRules } from '../../../../src/options/upload-options.ts'

/** Times have units on the command line, so that their flags do not end in `-ms`. */
const flagOf = (option: string) =>
  option.replace(/Ms$/, '').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

/** Where an option's name says something else than the flag. */
const exceptions: Readonly<Record<string, string>> = { ca: 'ca-file' }

test.each(Object.entries(flagsOfOptions))('%s is written %s', (option, written) => {
  const [flag = ''] = written.split(' ')
  expect(flag).toBe(`--${exceptions[option] ?? flagOf(option)}`)
})

test('every option of an upload that a command line can give has its flag', async () => {
  const { flags } = await commands.upload.load()
  const notOnTheCommandLine = [
    ...['checkpoint', 'signal', 'onProgress', 'onEvent', 'logger', 'sizeHint', 'callbackVariables'],
    ...['attempts', 'idleTimeoutMs'],
  ]
  const missing = Object.keys(uploadRules).filter(name => !Object.hasOwn(flags, flagOf(name)))
  expect(missing.filter(name => !notOnTheCommandLine.includes(name))).toEqual([])
})

/** Flags with a short form, in every command that has them. */
const letters: Readonly<Record<string, string>> = {
  'dry-run': 'n',
  quiet: 'q',
  verbose: 'v',
  recursive: 'r',
  force: 'f',
}

test.each(Object.keys(commands) as (keyof typeof commands)[])('letters of %s', async name => {
  const { flags }: Command = await commands[name].load()
  for (const [flag, { short }] of Object.entries(flags)) {
    expect([flag, short]).toEqual([flag, letters[flag]])
  }
})
