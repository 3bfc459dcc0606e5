import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ledger } from '../../../../src/cli/view/ledger.ts'
import { SourceError } from '../../../../src/errors.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ossup-ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const lines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')

test('it grows from run to run, and half a line of a killed one ends there', () => {
  const path = join(folder, 'ledger')
  const first = new Ledger(path, new AbortController())
  first.write('begin', { prefix: 'p/' })
  first.file('b', { outcome: 'unchanged', path: 'a', key: 'p/a', size: 3 })
  writeFileSync(path, '{"v":1,"ty', { flag: 'a' })
  const second = new Ledger(path, new AbortController())
  const error = new SourceError('SOURCE_MISSING', 'gone')
  second.file('b', { outcome: 'failed', path: 'x', key: 'p/x', error })
  second.end('result', { uploaded: 0 })
  const told = lines(path)
  expect(told[2]).toBe('{"v":1,"ty')
  told.splice(2, 1)
  expect(told.map(line => JSON.parse(line))).toMatchObject([
    { v: 1, type: 'begin', prefix: 'p/', at: expect.any(Number) },
    { type: 'unchanged', bucket: 'b', path: 'a', key: 'p/a', size: 3 },
    { type: 'failed', path: 'x', key: 'p/x', code: 'SOURCE_MISSING', exitCode: 4 },
    { type: 'result', uploaded: 0 },
  ])
})

test.each([
  ['a folder', '', 'It is a folder'],
  ['a folder that does not exist', 'absent/ledger', 'Its folder does not exist'],
  ['a file in place of a folder', 'file/ledger', 'Its folder does not exist'],
])('%s cannot be written: it is refused at once, and the hint names --ledger', (_, name, hint) => {
  writeFileSync(join(folder, 'file'), '')
  const place = join(folder, name)
  const refused = () => new Ledger(place, new AbortController())
  expect(refused).toThrow(
    expect.objectContaining({
      code: 'LEDGER_UNWRITABLE',
      // Nothing was begun, so there is nothing to resume.
      resumable: false,
      hint: expect.stringMatching(new RegExp(`^${hint}.* --ledger$`)),
    }),
  )
})

test.skipIf(process.platform === 'win32')(
  'a pipe is refused: its reader could stop everything',
  () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    expect(() => new Ledger(path, new AbortController())).toThrow(
      expect.objectContaining({
        code: 'LEDGER_UNWRITABLE',
        message: expect.stringContaining('pipe'),
      }),
    )
  },
)

test.skipIf(process.platform !== 'linux')('a full disk stops the batch', () => {
  const stop = new AbortController()
  new Ledger('/dev/full', stop).write('begin', {})
  expect(stop.signal.reason).toMatchObject({ code: 'LEDGER_UNWRITABLE' })
})
