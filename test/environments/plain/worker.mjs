// An upload in a worker thread that is ended in the middle; the same call in the main thread continues it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Bucket, resumableUpload } from 'ossup'
import { serve } from 'ossup/server'

const inParts = { multipartThreshold: 102_400, partSize: 102_400, concurrency: 1 }

if (isMainThread) {
  const folder = mkdtempSync(join(tmpdir(), 'ossup-worker-'))
  const file = join(folder, 'file.bin')
  writeFileSync(file, Buffer.alloc(2_000_000, 'content '))
  const oss = await serve({ buckets: ['examplebucket'] })
  const { endpoint, region, key: credentials } = oss
  const options = { name: 'examplebucket', endpoint, region, credentials }
  const upload = { ...inParts, checkpointDir: join(folder, 'c') }
  const data = { options, file, upload: { ...upload, bandwidth: 300_000 } }
  const worker = new Worker(new URL(import.meta.url), { workerData: data })
  await new Promise((resolve, reject) => {
    let parts = 0
    worker.on('message', () => ++parts === 3 && resolve())
    worker.on('error', reject)
  })
  await worker.terminate()
  const { resumed } = await resumableUpload(new Bucket(options), 'key', file, upload)
  await oss.close()
  rmSync(folder, { recursive: true })
  if (!(resumed.parts >= 3)) throw new Error(`resumed ${resumed.parts} parts`)
  console.log('works')
} else {
  const { options, file, upload } = workerData
  const onEvent = ({ type }) => type === 'part' && parentPort.postMessage('part')
  await resumableUpload(new Bucket(options), 'key', file, { ...upload, onEvent })
}
