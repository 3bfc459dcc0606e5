// A database dump straight from the pipe into OSS, without a file. A dump that died looks like one that
// is done: both just end. So the end is looked for, and without it nothing is stored.
//
//   pg_dump mydb | OSS_BUCKET=examplebucket OSS_REGION=cn-hangzhou node database-dump.mjs db/mydb.sql

import { Bucket, resumableUpload } from 'ossup'

const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT } = process.env
const bucket = new Bucket({ name: OSS_BUCKET, region: OSS_REGION, endpoint: OSS_ENDPOINT })
const [key] = process.argv.slice(2)
/** What pg_dump writes last. */
const marker = 'PostgreSQL database dump complete'

/** Passes a dump on and fails if it ends without its last line. */
async function* whole(dump) {
  let tail = ''
  for await (const chunk of dump) {
    tail = (tail + chunk.subarray(-100).toString('latin1')).slice(-200)
    yield chunk
  }
  if (!tail.includes(marker)) throw new Error('The dump ended before it was complete')
}

try {
  const done = await resumableUpload(bucket, key, whole(process.stdin), {
    // With a stream of unknown length the parts grow; a hint of its size makes room for more than 820 GiB.
    sizeHint: 200 * 1024 ** 3,
    // The next dump is another stream: there is nothing to continue.
    checkpoint: false,
    contentType: 'application/sql',
  })
  console.log(`${done.key}: ${done.size} bytes, CRC-64 ${done.crc64}`)
} catch (error) {
  console.error(error.cause?.message ?? error.message)
  process.exitCode = 1
}
