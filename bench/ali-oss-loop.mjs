// A folder with ali-oss, as people write it: `put` for each file. Started by scripts/many-files.mjs:
//
//   node bench/ali-oss-loop.mjs FOLDER PREFIX PARALLEL

import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import OSS from 'ali-oss'

const [folder, prefix, parallel] = process.argv.slice(2)
const { OSS_ENDPOINT, OSS_REGION, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env
const client = new OSS({
  endpoint: OSS_ENDPOINT,
  region: `oss-${OSS_REGION}`,
  bucket: 'examplebucket',
  accessKeyId: OSS_ACCESS_KEY_ID,
  accessKeySecret: OSS_ACCESS_KEY_SECRET,
  authorizationV4: true,
})
const entries = await readdir(folder, { recursive: true, withFileTypes: true })
const files = entries
  .filter(entry => entry.isFile())
  .map(entry => join(entry.parentPath, entry.name))
await Promise.all(
  Array.from({ length: Number(parallel) }, async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      await client.put(prefix + relative(folder, file).split(sep).join('/'), file)
    }
  }),
)
