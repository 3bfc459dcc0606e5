// `auto` on real lines, made by the rig's sink: beside fixed settings, and beside other clients with
// the defaults they come with. The sink counts bytes that were sent without being stored. Models of more networks: npm run lines.

import { words } from './clients.mjs'
import { MiB, median, rounded, run, startSink, withFolder } from './measure.mjs'

/** Parts sent at the same time, and their size in MiB. */
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

const far = ['-latency', '50']
const narrow = [...far, '-throttle', '2000000']
const lines = [
  { name: '50 ms to each answer', sink: far, size: 256 * MiB, fixed, peers },
  { name: '50 ms, 2 MB/s a connection', sink: narrow, size: 256 * MiB, fixed, peers },
  {
    name: '50 ms, 2 MB/s a connection, every 20th part reset',
    sink: [...narrow, '-reset-every', '20'],
    size: 256 * MiB,
    fixed,
    peers,
  },
  {
    name: '50 ms, 2 MB/s a connection, 1 GiB',
    sink: narrow,
    size: 1024 * MiB,
    // Others take minutes, and tell nothing that the smaller file did not.
    fixed: [
      [32, 4],
      [64, 4],
      [64, 16],
    ],
    peers: [],
  },
]

export async function measureAutoLines({ clients, rounds, rig, fileOf, say }) {
  const results = []
  for (const { name, sink, size, fixed, peers } of lines) {
    const file = fileOf(size)
    const variants = [
      { name: 'auto', client: 'ossup', setting: ['auto', 'auto'], rounds },
      ...fixed.map(setting => ({ name: setting.join(' × '), client: 'ossup', setting, rounds })),
      ...peers.filter(({ client }) => clients.has(client)).map(one => ({ ...one, rounds: 1 })),
    ]
    const runs = variants.map(() => [])
    for (let round = 0; round < rounds; round++) {
      for (const [index, variant] of variants.entries()) {
        if (round >= variant.rounds) continue
        runs[index].push(await uploadOnce(sink, variant, { clients, rig, file }))
        say(`auto: ${name}: ${variant.name}, round ${round + 1}`)
      }
    }
    const rows = variants.map(({ name }, index) => ({ name, ...summary(runs[index]) }))
    const best = rows.slice(1, 1 + fixed.length)
    const bestWall = Math.min(...best.flatMap(({ wall }) => (wall === undefined ? [] : [wall])))
    results.push({ line: name, size, shareOfBest: rounded(bestWall / rows[0].wall, 2), rows })
  }
  return results
}

async function uploadOnce(rigArgs, { client, setting: [parallel, part] }, { clients, rig, file }) {
  return withFolder(async folder => {
    const sink = await startSink({ rig, rigArgs })
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
  return { wall: rounded(median(whole.map(({ wall }) => wall)), 2), wastedMiB: wasted }
}
