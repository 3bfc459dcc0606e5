import { expect, test } from 'vitest'
import { terminalOf } from '../../../../src/cli/live/terminal.ts'

type Env = Readonly<Record<string, string>>

function seen(env: Env, isTTY = true, platform: NodeJS.Platform = 'linux') {
  const terminal = terminalOf({ write: () => true, isTTY }, env, platform)
  return Object.entries(terminal).flatMap(([name, yes]) => (yes ? [name] : []))
}

test.each<[string, Env, string[]]>([
  ['a terminal of today', { LANG: 'zh_CN.UTF-8' }, ['redraws', 'colour', 'unicode']],
  ['no locale, which is C', {}, ['redraws', 'colour']],
  ['LC_ALL beats LANG', { LANG: 'en_US.UTF-8', LC_ALL: 'C' }, ['redraws', 'colour']],
  ['a locale of another encoding', { LANG: 'zh_CN.GB18030' }, ['redraws', 'colour']],
  ['the console of Linux', { LANG: 'C.UTF-8', TERM: 'linux' }, ['redraws', 'colour']],
  ['a dumb terminal', { TERM: 'dumb' }, []],
  ['NO_COLOR', { NO_COLOR: '1' }, ['redraws']],
  ['an empty NO_COLOR', { NO_COLOR: '' }, ['redraws', 'colour']],
  ['FORCE_COLOR beats NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, ['redraws', 'colour']],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, ['redraws']],
  ['CI', { CI: 'true' }, ['colour']],
  ['CI=false', { CI: 'false' }, ['redraws', 'colour']],
])('%s', (_, env, able) => {
  expect(seen(env)).toEqual(able)
})

test('a file or a pipe has no colours, unless they are forced', () => {
  expect(seen({}, false)).toEqual([])
  expect(seen({ FORCE_COLOR: '1' }, false)).toEqual(['colour'])
})

test('where no locale is usual, the system tells', () => {
  expect(seen({}, true, 'darwin')).toContain('unicode')
  expect(seen({}, true, 'win32')).not.toContain('unicode')
  expect(seen({ WT_SESSION: 'x' }, true, 'win32')).toContain('unicode')
})
