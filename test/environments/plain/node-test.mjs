import { test } from 'node:test'
import * as library from 'ossup'
import * as server from 'ossup/server'
import common from './use.cjs'

test('an upload and a download', () => common.use(library, server))
test('the CommonJS build', async () => {
  const { createRequire } = await import('node:module')
  const require = createRequire(import.meta.url)
  await common.use(require('ossup'), require('ossup/server'))
})
