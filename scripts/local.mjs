// `node scripts/local.mjs <command> …`: ossup against the local OSS of `npm start`, to inspect its objects.

import { join } from 'node:path'
import { localOss } from './local-command.mjs'
import { root, setUp } from './setup.mjs'

setUp()
const { main } = await import('../dist/cli/main.js')
const home = process.env.OSSUP_START_DIR ?? join(root, '.ossup')
const { hostFor, close } = await localOss(home, () => {})
const code = await main(process.argv.slice(2), hostFor(process))
await close()
process.exit(code)
