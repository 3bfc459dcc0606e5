import { AsyncLocalStorage } from 'node:async_hooks'
import { channel, tracingChannel } from 'node:diagnostics_channel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RequestReport, UploadReport } from '../../../../src/ports.ts'
import { nodeObserver } from '../../../../src/runtimes/node/diagnostics.ts'
import { Bucket, MemoryJournalStore, resumableUpload } from '../../../../src/runtimes/node/index.ts'
import { type LocalOss, serve } from '../../../../src/server/index.ts'

let oss: LocalOss
let bucket: Bucket
beforeAll(async () => {
  oss = await serve({ buckets: ['examplebucket'] })
  const { endpoint, region, key: credentials } = oss
  bucket = new Bucket({ name: 'examplebucket', endpoint, region, credentials })
})
afterAll(() => oss.close())

/** Everything that is published while `work` runs. */
async function published<T>(work: () => Promise<T>): Promise<[name: string, message: object][]> {
  const seen: [string, object][] = []
  const note = (message: unknown, name: string | symbol) => {
    seen.push([String(name), { ...(message as object) }])
  }
  const names = ['upload', 'request'].flatMap(of =>
    ['start', 'asyncEnd', 'error'].map(what => `tracing:ossup:${of}:${what}`),
  )
  for (const name of names) channel(name).subscribe(note)
  await work().catch(() => {})
  for (const name of names) channel(name).unsubscribe(note)
  return seen
}

test('an upload and its requests are published', async () => {
  const options = { checkpoint: new MemoryJournalStore(), multipartThreshold: 1, partSize: 102_400 }
  const bytes = new Uint8Array(102_401)
  const seen = await published(() => resumableUpload(bucket, 'key', bytes, options))
  expect(seen[0]).toEqual([
    'tracing:ossup:upload:start',
    { bucket: 'examplebucket', key: 'key', source: expect.any(String) },
  ])
  expect(seen.at(-1)).toEqual([
    'tracing:ossup:upload:asyncEnd',
    expect.objectContaining({ key: 'key', result: expect.objectContaining({ parts: 2 }) }),
  ])
  const ends = seen.flatMap(([name, message]) =>
    name === 'tracing:ossup:request:asyncEnd' ? [message] : [],
  )
  expect(ends).toContainEqual(
    expect.objectContaining({
      operation: 'UploadPart',
      bucket: 'examplebucket',
      key: 'key',
      partNumber: 2,
      uploadId: expect.any(String),
      attempt: 1,
      status: 200,
      requestId: expect.any(String),
      durationMs: expect.any(Number),
    }),
  )
})

test('a failure is published with its error and status', async () => {
  const seen = await published(() => bucket.headObject({ key: 'nothing' }))
  const [, message] = seen.find(([name]) => name === 'tracing:ossup:request:error') ?? []
  expect(message).toMatchObject({
    operation: 'HeadObject',
    status: 404,
    error: { code: 'NoSuchKey' },
  })
})

test('a report holds no URL, header or secret', async () => {
  const reports: string[] = []
  const note = (message: object) => {
    const { result: _, ...report } = message as RequestReport & { result?: unknown }
    reports.push(JSON.stringify(report))
  }
  const handlers = { start: note, end() {}, asyncStart() {}, asyncEnd: note, error: note }
  const requests = tracingChannel<RequestReport>('ossup:request')
  requests.subscribe(handlers)
  const body = new Uint8Array(1)
  await bucket.putObject({ key: 'small', body, headers: { 'x-oss-meta-a': 'mine' } })
  requests.unsubscribe(handlers)
  expect(reports).toHaveLength(2)
  expect(reports.join()).not.toMatch(/authorization|Signature|mine|http|secret/i)
  expect(reports.join()).not.toContain(oss.key.accessKeySecret)
})

test('a store bound to the channel follows the upload to its requests', async () => {
  const trace = new AsyncLocalStorage<UploadReport>()
  const uploads = tracingChannel<UploadReport>('ossup:upload')
  uploads.start.bindStore(trace)
  const stores: (string | undefined)[] = []
  const note = () => stores.push(trace.getStore()?.key)
  channel('tracing:ossup:request:start').subscribe(note)
  await resumableUpload(bucket, 'traced', new Uint8Array(5), { checkpoint: false })
  channel('tracing:ossup:request:start').unsubscribe(note)
  uploads.start.unbindStore(trace)
  expect(new Set(stores)).toEqual(new Set(['traced']))
})

test('without subscribers nothing is wanted', async () => {
  expect(nodeObserver.requests.isWanted()).toBe(false)
  expect(nodeObserver.uploads.isWanted()).toBe(false)
  const note = () => {}
  for (const what of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) {
    channel(`tracing:ossup:request:${what}`).subscribe(note)
    expect(nodeObserver.requests.isWanted(), what).toBe(true)
    channel(`tracing:ossup:request:${what}`).unsubscribe(note)
  }
  expect(nodeObserver.requests.isWanted()).toBe(false)
})
