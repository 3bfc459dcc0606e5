// What a process without a home folder can do; run as a user that no database knows, without HOME.
// Writes the outcome of each call as JSON.

import { join } from 'node:path'
import {
  Bucket,
  checkpointStore,
  defaultCredentials,
  discardUpload,
  listCheckpoints,
  resumableUpload,
  uploadFiles,
} from '../../../../../src/runtimes/node/index.ts'
import { serve } from '../../../../../src/server/index.ts'

const [folder = '', scratch = ''] = process.argv.slice(2)
const file = join(folder, 'file')
const oss = await serve({ buckets: ['examplebucket'] })
const { region, endpoint, key: credentials } = oss
const bucket = new Bucket({ name: 'examplebucket', region, endpoint, credentials })
const inParts = { multipartThreshold: 102_400, partSize: 102_400 }
const env = { OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: 'secret' }

const calls: Record<string, () => Promise<unknown>> = {
  'a small file': () => resumableUpload(bucket, 'small', file),
  'a folder of small files': () => uploadFiles(bucket, 'many/', folder),
  'in parts, without a checkpoint': () =>
    resumableUpload(bucket, 'none', file, { ...inParts, checkpoint: false }),
  'in parts, with checkpointDir': () =>
    resumableUpload(bucket, 'given', file, { ...inParts, checkpointDir: scratch }),
  'the list of a checkpointDir': () => listCheckpoints({ checkpointDir: scratch }),
  'credentials of variables': () => defaultCredentials({ env })({ refresh: false }),
  'in parts': () => resumableUpload(bucket, 'parts', file, inParts),
  'the list of checkpoints': () => listCheckpoints(),
  'a discard': () => discardUpload(bucket, 'key', file),
  'the store': async () => checkpointStore(),
}
const outcomes: Record<string, string> = {}
for (const [what, call] of Object.entries(calls)) {
  outcomes[what] = await call().then(
    () => 'works',
    error => `${error.code}: ${error.hint}`,
  )
}
const { uploads } = await bucket.listMultipartUploads({})
console.log(JSON.stringify({ outcomes, left: uploads.length }))
await oss.close()
