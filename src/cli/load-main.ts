// The command for who runs it within a process of their own, as scripts/start.mjs does.

import type * as Main from './main.ts'
import { startOf } from './start/start.ts'

export const { main } = startOf('other').require('./main.js') as typeof Main
