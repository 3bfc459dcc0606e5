// Pause and go on. Aborting the signal stops the requests at once, keeps the checkpoint and
// rejects with the signal's own reason; the same call continues, in this process or in another.
//
//   OSS_BUCKET=examplebucket OSS_REGION=cn-hangzhou node pause-and-resume.mjs large.file

import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bucket, discardUpload, resumableUpload } from 'ossup'

const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT } = process.env
const bucket = new Bucket({ name: OSS_BUCKET, region: OSS_REGION, endpoint: OSS_ENDPOINT })
const [file] = process.argv.slice(2)
const key = basename(file)
const options = { partSize: 1024 ** 2, multipartThreshold: 1024 ** 2, concurrency: 2 }

/** Uploads until `fraction` of the file is confirmed, then pauses. */
async function uploadUntil(fraction) {
  const pause = new AbortController()
  const paused = new Error('paused')
  try {
    const done = await resumableUpload(bucket, key, file, {
      ...options,
      signal: pause.signal,
      onProgress({ confirmedBytes, totalBytes }) {
        if (confirmedBytes >= fraction * totalBytes) pause.abort(paused)
      },
    })
    console.log(`done: ${done.resumed.bytes} of ${done.size} bytes were not sent again`)
  } catch (error) {
    if (error !== paused) throw error
    console.log('paused')
  }
}

await uploadUntil(0.3)
await sleep(100)
await uploadUntil(Number.POSITIVE_INFINITY)

// Or discard the upload: this aborts it at OSS and removes the checkpoint.
await uploadUntil(0.3)
console.log(`discarded: ${await discardUpload(bucket, key, file)}`)
