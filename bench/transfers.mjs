// Whole uploads of the same file by all clients, taking turns; a fresh sink for each.

import { words } from './clients.mjs'
import { GiB, median, rounded, run, startSink, withFolder } from './measure.mjs'

/** The uploads to measure. `floor`: the client that ratios beside the yardstick's are given to. */
export const scenarios = [
  { name: 'large, HTTP, parallel 1', size: GiB, part: 10 * 2 ** 20, parallel: 1 },
  { name: 'large, HTTP, parallel 4', size: GiB, part: 10 * 2 ** 20, parallel: 4 },
  { name: 'large, HTTPS, parallel 1', size: GiB, part: 10 * 2 ** 20, parallel: 1, tls: true },
  { name: 'large, HTTPS, parallel 4', size: GiB, part: 10 * 2 ** 20, parallel: 4, tls: true },
  { name: '2,048 parts, HTTP, parallel 4', size: 2048 * 102_400, part: 102_400, parallel: 4 },
  {
    name: '2,048 parts, HTTPS, parallel 4',
    size: 2048 * 102_400,
    part: 102_400,
    parallel: 4,
    tls: true,
  },
]

export async function measureTransfers(scenario, { clients, rounds, rig, fileOf, say }) {
  const file = fileOf(scenario.size)
  // The raw writer speaks plain HTTP only.
  const names = [...clients.keys()].filter(name => !(scenario.tls && name === 'raw'))
  const runs = new Map(names.map(name => [name, []]))
  let sinkKind
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length]
      await withFolder(async folder => {
        const sink = await startSink({ rig, tls: scenario.tls && folder })
        sinkKind = sink.kind
        const values = {
          ...scenario,
          file,
          endpoint: sink.endpoint,
          bucket: 'bench',
          key: 'object',
        }
        values.folder = `${folder}/checkpoints`
        try {
          const result = await run(words(clients.get(name), values), sink.env, folder)
          if (result.code !== 0) throw new Error(`${name} failed: ${result.printed}`)
          runs.get(name).push(result)
        } finally {
          await sink.stop()
        }
      })
    }
    say(`${scenario.name}: round ${round + 1} of ${rounds}`)
  }
  return { ...scenario, sink: sinkKind, clients: summary(runs, scenario.size) }
}

function summary(runs, size) {
  const medians = new Map()
  for (const [name, results] of runs) {
    const of = field => results.map(result => result[field])
    medians.set(name, {
      wall: rounded(median(of('wall'))),
      wallMin: rounded(Math.min(...of('wall'))),
      cpu: rounded(median(of('cpu'))),
      cpuMin: rounded(Math.min(...of('cpu'))),
      cpuPerGiB: rounded(median(of('cpu')) / (size / GiB)),
      rssMiB: rounded(Math.max(...of('rss')), 0),
    })
  }
  for (const other of ['raw', 'go-v1']) {
    const base = medians.get(other)
    if (base === undefined) continue
    for (const one of medians.values()) {
      one[`to ${other}`] = {
        wall: rounded(one.wall / base.wall, 2),
        cpu: rounded(one.cpu / base.cpu, 2),
      }
    }
  }
  return Object.fromEntries(medians)
}
