// For the pools of Vitest, with `--globals`.

import * as library from 'ossup'
import * as server from 'ossup/server'
import common from './use.cjs'

globalThis.test('an upload and a download', () => common.use(library, server), 60_000)
