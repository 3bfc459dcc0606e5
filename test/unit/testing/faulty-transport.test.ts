import { expect, test } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'
import { nodeTransport } from '../../../src/runtimes/node/http/transport.ts'
import { nodeClock } from '../../../src/runtimes/node/platform/clock.ts'
import { nodeRandom } from '../../../src/runtimes/node/platform/random.ts'
import { serve } from '../../../src/server/index.ts'
import { bytesSource } from '../../../src/source/bytes-source.ts'
import { faultyTransport, type TransportFault } from '../../../src/testing/index.ts'
import { uploadFrom } from '../../../src/upload/resumable-upload.ts'

const faults: (TransportFault | undefined)[] = [
  undefined,
  'lose-request',
  'lose-answer',
  'reset-in-body',
]

test.each(faults)('an upload gets over %s of every operation', async fault => {
  const oss = await serve({ buckets: ['examplebucket'] })
  const failed = new Set<string>()
  let uploading = true
  const transport = faultyTransport(nodeTransport(), ({ method, target }) => {
    const operation = `${method} ${target.replace(/=.*/, '')}`
    if (!uploading || failed.has(operation)) return undefined
    failed.add(operation)
    return fault
  })
  // No pause is really waited for.
  const clock = { ...nodeClock, sleep: async () => {} }
  const bucket = new Bucket(
    {
      name: 'examplebucket',
      region: 'cn-hangzhou',
      endpoint: oss.endpoint,
      credentials: oss.key,
    },
    { clock, random: nodeRandom, transport },
  )
  const bytes = new Uint8Array(350_000).map((_, index) => index % 251)
  const store = new MemoryJournalStore()
  const options = { partSize: 102_400, multipartThreshold: 0 }
  const result = await uploadFrom(bucket, 'a', async () => bytesSource(bytes), options, store)
  uploading = false
  expect(result.verified).toBe('crc64')
  expect((await bucket.headObject({ key: 'a' })).size).toBe(bytes.length)
  expect(result.retries > 0).toBe(fault !== undefined)
  expect(await store.list()).toEqual([])
  expect((await bucket.listMultipartUploads()).uploads).toEqual([])
  transport.close()
  await oss.close()
})
