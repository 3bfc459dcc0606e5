// One upload with ali-oss, its checkpoint kept as its documentation shows. Started by the benchmark:
//
//   node bench/ali-oss.mjs ENDPOINT BUCKET KEY FILE PART-SIZE PARALLEL CHECKPOINT-FOLDER

import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import OSS from 'ali-oss'

const [endpoint, bucket, key, file, partSize, parallel, folder] = process.argv.slice(2)
const client = new OSS({
  endpoint,
  bucket,
  region: 'oss-cn-hangzhou',
  authorizationV4: true,
  accessKeyId: process.env.OSS_ACCESS_KEY_ID,
  accessKeySecret: process.env.OSS_ACCESS_KEY_SECRET,
  timeout: 600_000,
})
const path = join(folder, 'checkpoint.json')
await client.multipartUpload(key, file, {
  partSize: Number(partSize),
  parallel: Number(parallel),
  progress(_fraction, checkpoint) {
    if (checkpoint === undefined) return
    writeFileSync(`${path}.new`, JSON.stringify(checkpoint))
    renameSync(`${path}.new`, path)
  },
})
