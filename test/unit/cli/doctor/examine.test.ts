import { expect, test } from 'vitest'
import type { Check, Finding } from '../../../../src/cli/doctor/check.ts'
import { checks } from '../../../../src/cli/doctor/checks/index.ts'
import { examine, type Named } from '../../../../src/cli/doctor/examine.ts'
import { findingText } from '../../../../src/cli/doctor/finding-text.ts'
import { probeKey } from '../../../../src/cli/doctor/probe-key.ts'
import { OptionError } from '../../../../src/runtimes/node/index.ts'
import { well } from './world.ts'

async function all(list: readonly Check[]): Promise<Named[]> {
  const found: Named[] = []
  for await (const finding of examine(well(), list)) found.push(finding)
  return found
}

function check(name: string, needs: string[], found: Finding | Finding[] | Error): Check {
  return {
    name,
    needs,
    async run() {
      if (found instanceof Error) throw found
      return found
    },
  }
}

const ok: Finding = { state: 'ok', summary: 'well' }

test('what hangs on a problem is skipped, however far, and says what to put right', async () => {
  const broken = new OptionError('INVALID_REGION', 'region is x', { hint: 'Set it' })
  const found = await all([
    check('a', [], broken),
    check('b', ['a'], ok),
    check('c', ['b'], ok),
    check('d', [], ok),
  ])
  expect(found).toMatchObject([
    {
      check: 'a',
      state: 'problem',
      summary: 'region is x (--region or OSS_REGION)',
      hints: ['Set it'],
      error: broken,
    },
    { check: 'b', state: 'skipped', waitsFor: 'a' },
    { check: 'c', state: 'skipped', waitsFor: 'a' },
    { check: 'd', state: 'ok' },
  ])
})

test('where nothing is wrong, nothing is to be put right', async () => {
  const none: Finding = { state: 'skipped', summary: 'not tried: no address was given' }
  const found = await all([check('a', [], none), check('b', ['a'], ok), check('c', ['b'], ok)])
  expect(found.map(({ summary }) => summary)).toEqual(Array(3).fill(none.summary))
  expect(found.every(({ waitsFor }) => waitsFor === undefined)).toBe(true)
})

test.each<[string, Finding[], boolean]>([
  ['a warning', [{ state: 'warning', summary: '' }], true],
  ['one of two skipped', [ok, { state: 'skipped', summary: '' }], true],
  ['skipped', [{ state: 'skipped', summary: '' }], false],
  ['one of two a problem', [ok, { state: 'problem', summary: '' }], false],
])('%s: goes on %s', async (_, findings, goesOn) => {
  const found = await all([check('a', [], findings), check('b', ['a'], ok)])
  expect(found.at(-1)?.state).toBe(goesOn ? 'ok' : 'skipped')
})

test('an abort ends it with the reason', async () => {
  const signal = AbortSignal.abort('stopped')
  await expect(examine(well({ signal }), checks).next()).rejects.toBe('stopped')
})

test('every check needs such as come before it', () => {
  const names = checks.map(({ name }) => name)
  for (const [index, { needs }] of checks.entries()) {
    for (const need of needs) expect(names.slice(0, index)).toContain(need)
  }
})

test('text is aligned, wraps, and shows no control characters', () => {
  const look = { columns: 40, paint: (colour: string, text: string) => `<${colour}>${text}` }
  const finding: Named = {
    check: 'bucket',
    state: 'warning',
    summary: 'one two three four five six\x1b seven',
    hints: ['Do this and that.'],
  }
  expect(findingText(finding, look)).toBe(
    [
      '<yellow>! bucket       one two three four five',
      '               six\\x1b seven',
      '               → Do this and that.',
    ].join('\n'),
  )
})

test.each([
  ['', '.ossup-doctor-r'],
  ['dir/', 'dir/.ossup-doctor-r'],
  ['dir/file', 'dir/file.ossup-doctor-r'],
  [`dir/${'k'.repeat(1010)}`, 'dir/.ossup-doctor-r'],
])('the key of a probe for %s', (key, probe) => expect(probeKey(key, 'r')).toBe(probe))
