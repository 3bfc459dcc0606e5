// Resuming 10,000 parts: an upload that was refused at its very end, continued. Everything that resuming
// costs is in it, and nothing is sent: reading the journal, asking OSS for ten pages of parts, the end.

import { cp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ossup, words } from './clients.mjs'
import { median, rounded, run, sparseFile, startSink, withFolder } from './measure.mjs'

const partCount = 10_000
const partSize = 102_400

export async function measureResume({ rounds, say }) {
  return withFolder(async folder => {
    const file = join(folder, 'sparse')
    sparseFile(file, partCount * partSize)
    const sink = await startSink({ args: ['--refuse-complete'] })
    try {
      const template = `${process.execPath} ${ossup} upload {file} oss://bench/object --endpoint {endpoint} --region cn-hangzhou --part-size ${partSize} --concurrency 4 --checkpoint-dir {checkpoints}`
      const checkpoints = join(folder, 'checkpoints')
      const values = { file, endpoint: sink.endpoint, checkpoints }
      const first = await run(words(template, values), {}, folder)
      if (first.code === 0) throw new Error('The end was not refused')
      const checkpointBytes = await sizeOf(checkpoints)
      await fetch(`${sink.endpoint}/-/allow`, { method: 'POST' })
      const resume = { plain: [], verify: [] }
      for (let round = 0; round < rounds; round++) {
        for (const [kind, flags] of [
          ['plain', ''],
          ['verify', ' --verify'],
        ]) {
          const copy = join(folder, 'copy')
          await cp(checkpoints, copy, { recursive: true })
          const command = words(template + flags, { ...values, checkpoints: copy })
          const result = await run(command, {}, folder)
          if (result.code !== 0) throw new Error(`failed: ${result.printed}`)
          resume[kind].push(result)
          await rm(copy, { recursive: true })
        }
        say(`resume: round ${round + 1} of ${rounds}`)
      }
      const of = (kind, field) => rounded(median(resume[kind].map(one => one[field])))
      return {
        parts: partCount,
        partSize,
        checkpointBytes,
        plain: { wall: of('plain', 'wall'), cpu: of('plain', 'cpu') },
        verify: { wall: of('verify', 'wall'), cpu: of('verify', 'cpu') },
      }
    } finally {
      await sink.stop()
    }
  })
}

async function sizeOf(folder) {
  let size = 0
  for (const name of await readdir(folder)) size += (await stat(join(folder, name))).size
  return size
}
