// How long the command takes to start, beside Node itself: whole processes, taking turns. From Node.js 22.8 on the
// first start keeps its compiled code for the next ones (docs/internals/decisions/0009-code-cache.md): both are measured.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ossup } from './clients.mjs'
import { inherited, median, rounded } from './measure.mjs'

const commands = {
  'node -e 0': { args: ['-e', '0'] },
  'ossup --version': { args: [ossup, '--version'] },
  'ossup help': { args: [ossup, 'help'] },
  'ossup upload --help': { args: [ossup, 'upload', '--help'] },
  'ossup upload (a mistake)': { args: [ossup, 'upload'], code: 2 },
  // The shortest of those that need the engine, and no OSS.
  'ossup status, first start': { args: [ossup, 'status'], isFirst: true },
  'ossup status, next starts': { args: [ossup, 'status'] },
}

export function measureStartup({ rounds }) {
  const folder = mkdtempSync(join(tmpdir(), 'ossup-startup-'))
  try {
    return measureWith(folder, rounds)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function measureWith(folder, rounds) {
  const caches = { XDG_CACHE_HOME: folder, LOCALAPPDATA: folder, HOME: folder }
  const env = { ...inherited, ...caches, NODE_DISABLE_COMPILE_CACHE: '' }
  const times = new Map(Object.keys(commands).map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, { args, isFirst, code = 0 }] of Object.entries(commands)) {
      if (isFirst) rmSync(folder, { recursive: true, force: true })
      const begin = performance.now()
      const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', env })
      if (status !== code) throw new Error(`${name} failed`)
      times.get(name).push(performance.now() - begin)
    }
  }
  const base = median(times.get('node -e 0'))
  return Object.fromEntries(
    [...times].map(([name, all]) => {
      const ms = median(all)
      return [
        name,
        { ms: rounded(ms, 1), msMin: rounded(Math.min(...all), 1), ratio: rounded(ms / base, 2) },
      ]
    }),
  )
}
