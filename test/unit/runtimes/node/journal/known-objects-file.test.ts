import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKnownObjects } from '../../../../../src/runtimes/node/journal/known-objects-file.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ossup-known-'))
  path = join(folder, 'below', 'known')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function learn(facts: readonly string[], isWhole = false): Promise<void> {
  const known = await openKnownObjects(path, { ofOthers: false })
  for (const fact of facts) known.add(fact)
  await known.close(isWhole)
}

async function known(facts: readonly string[]): Promise<boolean[]> {
  const file = await openKnownObjects(path, { ofOthers: false })
  return facts.map(fact => file.has(fact))
}

const many = Array.from({ length: 1000 }, (_, index) => `fact ${index}`)

test('what was learned is known to the next run, in 16 bytes for each', async () => {
  await learn(many)
  await learn([...many, 'more'])
  expect(await known([...many, 'more', 'never'])).toEqual([...many.map(() => true), true, false])
  expect(statSync(path).size).toBe(1001 * 16)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a torn or damaged file is of no use at worst', async () => {
  await learn(many)
  writeFileSync(path, readFileSync(path).subarray(0, 805))
  appendFileSync(path, 'xyz')
  await learn(['after'])
  expect(await known([many[0]!, many[49]!, many[50]!, 'after'])).toEqual([true, true, false, true])
})

test('after a complete run, the file is rewritten if most of its facts are outdated', async () => {
  await learn(many)
  await learn(['only'])
  expect(statSync(path).size).toBe(1001 * 16)
  await learn(['only'], true)
  expect(statSync(path).size).toBe(16)
  expect(await known(['only', many[0]!])).toEqual([true, false])
})

test('a place that cannot be written costs nothing', async () => {
  writeFileSync(join(folder, 'below'), 'a file')
  await learn(many)
  expect(await known(['fact 1'])).toEqual([false])
})
