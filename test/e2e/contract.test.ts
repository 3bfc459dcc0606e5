// The contract through the built command and the built library, in small: npm run kill-uploads and
// scripts/soak.mjs do the same at length, scripts/contract-table.mjs shows one mishap after the other.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root, startProcess } from './command.ts'

it.each([
  [
    'eight kills, some with a torn journal',
    'kill-uploads.mjs',
    ['--kills', '8', '--parts', '70', '--seed', '5'],
  ],
  ['forty uploads in one process', 'soak.mjs', ['40']],
])(
  '%s',
  async (_, script, args) => {
    const run = startProcess(['--expose-gc', join(root, 'scripts', script), ...args], {})
    const { code, stdout, stderr } = await run.ended
    expect({ code, told: code === 0 ? '' : `${stdout}${stderr}` }).toEqual({ code: 0, told: '' })
  },
  120_000,
)
