// What a tester found at the edges: callers who want different objects of one source, and streams that
// fail before any code reads them.

import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bucket, resumableUpload } from '../../../src/runtimes/node/index.ts'
import { type LocalOss, serve } from '../../../src/server/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'ossup-edges-'))
const file = join(folder, 'file.bin')
const options = {
  checkpointDir: join(folder, 'checkpoints'),
  partSize: 102_400,
  multipartThreshold: 0,
}
let oss: LocalOss
let bucket: Bucket

beforeAll(async () => {
  oss = await serve({ buckets: ['examplebucket'] })
  const { endpoint, region, key: credentials } = oss
  bucket = new Bucket({ name: 'examplebucket', region, endpoint, credentials })
  writeFileSync(file, Buffer.alloc(500_000, 7))
})
afterAll(async () => {
  bucket.ports.transport.close()
  await oss.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a caller who forbids overwriting does not join one who does not', async () => {
  await bucket.putObject({ key: 'there', body: new Uint8Array(3) })
  const [, second] = await Promise.allSettled([
    resumableUpload(bucket, 'there', file, options),
    resumableUpload(bucket, 'there', file, { ...options, forbidOverwrite: true }),
  ])
  // Whichever call opens the checkpoint first, the call with forbidOverwrite must not report success.
  expect(second).toMatchObject({
    status: 'rejected',
    reason: { code: expect.stringMatching(/^(UPLOAD_BUSY|FileAlreadyExists)$/) },
  })
})

test('a stream that fails before it is read is a source that failed', async () => {
  const slow = new Bucket({
    name: 'examplebucket',
    region: oss.region,
    endpoint: oss.endpoint,
    credentials: async () => {
      await bucket.listObjects()
      return oss.key
    },
  })
  const stream = createReadStream(join(folder, 'nothing'))
  await expect(resumableUpload(slow, 'stream', stream, options)).rejects.toMatchObject({
    code: 'SOURCE_FAILED',
  })
  slow.ports.transport.close()
})
