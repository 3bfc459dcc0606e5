// How long the command takes to start, beside Node itself: whole processes, taking turns.

import { spawnSync } from 'node:child_process'
import { ossup } from './clients.mjs'
import { inherited, median, rounded } from './measure.mjs'

const commands = {
  'node -e 0': ['-e', '0'],
  'ossup --version': [ossup, '--version'],
  'ossup help': [ossup, 'help'],
  'ossup upload --help': [ossup, 'upload', '--help'],
}

export function measureStartup({ rounds }) {
  const times = new Map(Object.keys(commands).map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const begin = performance.now()
      const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', env: inherited })
      if (status !== 0) throw new Error(`${name} failed`)
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
