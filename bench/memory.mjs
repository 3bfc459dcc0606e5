// Peak memory of uploads of sparse files to a sink that keeps nothing.

import { ossup, words } from './clients.mjs'
import { GiB, MiB, rounded, run, sparseFile, startSink, withFolder } from './measure.mjs'

export const cases = [
  { size: GiB, part: 10 * MiB, parallel: 4, limitMiB: 100 },
  { size: GiB, part: 10 * MiB, parallel: 16, limitMiB: 140 },
  { size: GiB, part: 256 * MiB, parallel: 4, limitMiB: 100 },
  { size: 20 * GiB, part: 10 * MiB, parallel: 4, limitMiB: 100 },
  { size: 20 * GiB, part: 10 * MiB, parallel: 16, limitMiB: 140 },
  { size: 20 * GiB, part: 2.5 * MiB, parallel: 16, limitMiB: 140 },
  { size: 10_000 * 102_400, part: 102_400, parallel: 4, limitMiB: 100, flags: ' --json' },
]

export async function measureMemory(cases, { rig, say }) {
  const results = []
  for (const one of cases) {
    await withFolder(async folder => {
      const file = `${folder}/sparse`
      sparseFile(file, one.size)
      const sink = await startSink({ rig })
      const template = `${process.execPath} ${ossup} upload {file} oss://bench/object --endpoint {endpoint} --region cn-hangzhou --part-size {part} --concurrency {parallel} --checkpoint-dir {folder}${one.flags ?? ''}`
      const values = { ...one, file, endpoint: sink.endpoint, folder: `${folder}/checkpoints` }
      const { code, printed, rss, wall } = await run(words(template, values), {}, folder)
      await sink.stop()
      if (code !== 0) throw new Error(`failed: ${printed}`)
      results.push({ ...one, rssMiB: rounded(rss, 0), wall: rounded(wall, 1) })
      const { size, part, parallel } = one
      say(
        `memory: ${rounded(size / GiB, 1)} GiB, parts of ${rounded(part / MiB, 1)} MiB, parallel ${parallel}: ${rss | 0} MiB`,
      )
    })
  }
  return results
}
