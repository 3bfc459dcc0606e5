// Installs the official SDK for Node.js, which is no dependency of the package: for the tests that compare
// with it, before they run (vitest.config.ts), and for the benchmark.

import { join } from 'node:path'
import { root } from './setup.mjs'
import { installTools } from './tools.mjs'

export function setup() {
  installTools(join(root, 'bench'))
}
