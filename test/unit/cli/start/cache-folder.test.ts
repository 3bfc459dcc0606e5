import { posix, win32 } from 'node:path'
import { expect, test } from 'vitest'
import { cacheFolder } from '../../../../src/cli/start/cache-folder.ts'

type Env = Record<string, string>

const posixRows: [what: string, NodeJS.Platform, Env, string | undefined][] = [
  ['the usual place', 'linux', { HOME: '/h' }, '/h/.cache/ossup'],
  ['another place', 'linux', { HOME: '/h', XDG_CACHE_HOME: '/c' }, '/c/ossup'],
  ['a relative place', 'linux', { HOME: '/h', XDG_CACHE_HOME: 'c' }, '/h/.cache/ossup'],
  ['an empty place', 'linux', { HOME: '/h', XDG_CACHE_HOME: '' }, '/h/.cache/ossup'],
  ['a Mac', 'darwin', { HOME: '/h' }, '/h/Library/Caches/ossup'],
  ['no home', 'linux', {}, undefined],
  ['an empty home', 'linux', { HOME: '' }, undefined],
  ['a relative home', 'linux', { HOME: 'h' }, undefined],
  ['switched off', 'linux', { HOME: '/h', NODE_DISABLE_COMPILE_CACHE: '1' }, undefined],
  ['not switched off', 'linux', { HOME: '/h', NODE_DISABLE_COMPILE_CACHE: '' }, '/h/.cache/ossup'],
]

test.skipIf(process.platform === 'win32').each(posixRows)('%s', (_, platform, env, folder) => {
  expect(cacheFolder(env, platform, posix.isAbsolute)).toBe(folder)
})

test('Windows', () => {
  const folder = cacheFolder({ LOCALAPPDATA: 'C:\\l', HOME: 'C:\\h' }, 'win32', win32.isAbsolute)
  expect(folder?.replaceAll('/', '\\')).toBe('C:\\l\\ossup')
  expect(cacheFolder({ HOME: 'C:\\h' }, 'win32', win32.isAbsolute)).toBeUndefined()
})
