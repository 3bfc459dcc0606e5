// A worker that uploads the files of a folder and then moves them away. Start as many of them as you
// like, on one machine or on several that share the folders. An upload has one owner, and a worker that was
// killed leaves a checkpoint from which any other worker resumes.
//
//   OSS_BUCKET=examplebucket OSS_REGION=cn-hangzhou node queue-worker.mjs jobs done checkpoints

import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bucket, isOssupError, resumableUpload } from 'ossup'

const [jobs, done, checkpointDir] = process.argv.slice(2)
const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT } = process.env
const bucket = new Bucket({ name: OSS_BUCKET, region: OSS_REGION, endpoint: OSS_ENDPOINT })
await mkdir(done, { recursive: true })

for (let names = await readdir(jobs); names.length > 0; names = await readdir(jobs)) {
  let busy = 0
  for (const name of names) {
    const file = join(jobs, name)
    try {
      const { resumed } = await resumableUpload(bucket, `queue/${name}`, file, { checkpointDir })
      await rename(file, join(done, name))
      console.log(`${process.pid} ${name} done, ${resumed.bytes} bytes by others`)
    } catch (error) {
      // Another worker is at it, or has moved it away since the folder was read.
      const isTaken = isOssupError(error) && error.code === 'UPLOAD_BUSY'
      const isGone = error.code === 'SOURCE_MISSING' || error.code === 'ENOENT'
      if (!isTaken && !isGone) throw error
      busy += 1
    }
  }
  if (busy === names.length) await sleep(200)
}
