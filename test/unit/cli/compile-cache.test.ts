import { expect, test } from 'vitest'
import { cacheFolder } from '../../../src/cli/compile-cache.ts'

const onPosix = test.runIf(process.platform !== 'win32')

onPosix.each<[NodeJS.Platform, Record<string, string>, string | undefined]>([
  ['linux', { HOME: '/h/me' }, '/h/me/.cache/ossup'],
  ['linux', { HOME: '/h/me', XDG_CACHE_HOME: '/caches' }, '/caches/ossup'],
  ['linux', { HOME: '/h/me', XDG_CACHE_HOME: 'relative' }, '/h/me/.cache/ossup'],
  ['darwin', { HOME: '/h/me' }, '/h/me/Library/Caches/ossup'],
  ['linux', {}, undefined],
  ['linux', { HOME: '' }, undefined],
])('on %s with %j: %s', (platform, env, folder) => {
  expect(cacheFolder(env, platform)).toBe(folder)
})
