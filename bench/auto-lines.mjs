// `auto` on three real lines, made by the rig's sink: beside fixed settings, and beside other clients with
// the defaults they come with. The sink counts what was sent in vain. Models of more lines: npm run lines.

import { words } from './clients.mjs'
import { MiB, median, rounded, run, startSink, withFolder } from './measure.mjs'

const lines = [
  { name: '50 ms to each answer', sink: ['-latency', '50'] },
  { name: '50 ms, 2 MB/s a connection', sink: ['-latency', '50', '-throttle', '2000000'] },
  {
    name: '50 ms, 2 MB/s a connection, every 20th part reset',
    sink: ['-latency', '50', '-throttle', '2000000', '-reset-every', '20'],
  },
]

const size = 256 * MiB
/** Parts sent at the same time, and their size. */
const fixed = [
  [8, 8],
  [16, 4],
  [32, 4],
  [64, 4],
  [64, 1],
]
/** Slow ones are run once: they take minutes, and nothing to compare them closely with. */
const peers = [
  { name: 'ossup at the defaults of oss2 (1 × 10 MiB)', client: 'ossup', setting: [1, 10] },
  { name: 'go-v1 at the defaults of Go v2 (3 × 6 MiB)', client: 'go-v1', setting: [3, 6] },
  { name: 'ali-oss at its defaults (5 × 1 MiB)', client: 'ali-oss', setting: [5, 1] },
]

export async function measureAutoLines({ clients, rounds, rig, fileOf, say }) {
  const file = fileOf(size)
  const variants = [
    { name: 'auto', client: 'ossup', setting: ['auto', 'auto'], rounds },
    ...fixed.map(setting => ({ name: setting.join(' × '), client: 'ossup', setting, rounds })),
    ...peers.filter(({ client }) => clients.has(client)).map(one => ({ ...one, rounds: 1 })),
  ]
  const results = []
  for (const line of lines) {
    const runs = variants.map(() => [])
    for (let round = 0; round < rounds; round++) {
      for (const [index, variant] of variants.entries()) {
        if (round >= variant.rounds) continue
        runs[index].push(await uploadOnce(line, variant, { clients, rig, file }))
        say(`auto: ${line.name}: ${variant.name}, round ${round + 1}`)
      }
    }
    const rows = variants.map(({ name }, index) => ({ name, ...summary(runs[index]) }))
    const best = rows.filter((_, index) => index >= 1 && index <= fixed.length)
    const bestWall = Math.min(...best.flatMap(({ wall }) => (wall === undefined ? [] : [wall])))
    results.push({ line: line.name, size, shareOfBest: rounded(bestWall / rows[0].wall, 2), rows })
  }
  return results
}

async function uploadOnce(line, { client, setting: [parallel, part] }, { clients, rig, file }) {
  return withFolder(async folder => {
    const sink = await startSink({ rig, rigArgs: line.sink })
    try {
      const values = { file, parallel, part: part === 'auto' ? part : part * MiB }
      const place = { endpoint: sink.endpoint, bucket: 'bench', key: 'object' }
      const command = words(clients.get(client), {
        ...values,
        ...place,
        folder: `${folder}/checkpoints`,
      })
      const { code, wall } = await run(command, sink.env, folder)
      const { wasted_bytes: wasted } = await (await fetch(`${sink.endpoint}/__stats`)).json()
      return { ok: code === 0, wall, wasted }
    } finally {
      await sink.stop()
    }
  })
}

/** `wall` is missing where the client gave up. */
function summary(runs) {
  const whole = runs.filter(({ ok }) => ok)
  const wasted = rounded(median(runs.map(one => one.wasted)) / MiB, 1)
  if (whole.length < runs.length) return { failed: runs.length - whole.length, wastedMiB: wasted }
  return { wall: rounded(median(whole.map(({ wall }) => wall)), 1), wastedMiB: wasted }
}
