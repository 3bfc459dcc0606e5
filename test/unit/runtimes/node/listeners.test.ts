// What callers hand over and get back: signals, callbacks, asynchronous contexts.

import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { getEventListeners } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Bucket,
  type BucketOptions,
  downloadObject,
  MemoryJournalStore,
  resumableUpload,
  uploadFiles,
  verifyObject,
} from '../../../../src/runtimes/node/index.ts'
import { type LocalOss, serve } from '../../../../src/server/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'ossup-listeners-'))
let oss: LocalOss
beforeAll(async () => {
  oss = await serve({ buckets: ['examplebucket'] })
})
afterAll(async () => {
  await oss.close()
  rmSync(directory, { recursive: true, force: true })
})

function bucketWith(more: Partial<BucketOptions> = {}): Bucket {
  const { endpoint, region, key: credentials } = oss
  return new Bucket({ name: 'examplebucket', endpoint, region, credentials, ...more })
}

const bytes = new Uint8Array(250_000).fill(3)
const inParts = () => ({
  checkpoint: new MemoryJournalStore(),
  multipartThreshold: 102_400,
  partSize: 102_400,
})

describe('one signal for many uploads', () => {
  const own = (signal: AbortSignal) => {
    const symbols = Object.getOwnPropertySymbols(signal).filter(symbol =>
      /depend|source/i.test(String(symbol)),
    )
    return symbols.map(symbol => [...(Reflect.get(signal, symbol) ?? [])].length)
  }

  test('there is one listener while they run, and nothing on it afterwards', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const { signal } = new AbortController()
    const before = own(signal)
    const buckets = Array.from({ length: 15 }, () => bucketWith())
    let most = 0
    const onEvent = () => {
      most = Math.max(most, getEventListeners(signal, 'abort').length)
    }
    await Promise.all(
      buckets.flatMap((bucket, index) => [
        resumableUpload(bucket, `a${index}`, bytes, { ...inParts(), signal, onEvent }),
        resumableUpload(bucket, `b${index}`, Readable.from([bytes]), {
          ...inParts(),
          signal,
          onEvent,
        }),
        bucket.putObject({ key: `c${index}`, body: bytes }, { signal }),
        bucket.headObject({ key: 'c0' }, { signal }).catch(() => {}),
      ]),
    )
    await verifyObject(buckets[0]!, 'a0', Readable.from([bytes]), { signal })
    // Node.js warns in a later turn.
    await new Promise(resolve => setImmediate(resolve))
    process.off('warning', note)
    expect(warnings).toEqual([])
    expect(most).toBe(1)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(own(signal)).toEqual(before)
  })
})

describe('an abort while credentials are fetched', () => {
  const silent = () => bucketWith({ credentials: () => new Promise(() => {}) })
  const calls: [name: string, call: (bucket: Bucket, signal: AbortSignal) => Promise<unknown>][] = [
    [
      'resumableUpload',
      (bucket, signal) => resumableUpload(bucket, 'k', bytes, { ...inParts(), signal }),
    ],
    [
      'resumableUpload of a stream',
      (bucket, signal) =>
        resumableUpload(bucket, 'k', Readable.from(['x']), { ...inParts(), signal }),
    ],
    [
      'uploadFiles',
      (bucket, signal) =>
        uploadFiles(bucket, '', [directory], { checkpoint: new MemoryJournalStore(), signal }),
    ],
    [
      'downloadObject',
      (bucket, signal) => downloadObject(bucket, 'k', join(directory, 'target'), { signal }),
    ],
    ['verifyObject', (bucket, signal) => verifyObject(bucket, 'k', bytes, { signal })],
    ['headObject', (bucket, signal) => bucket.headObject({ key: 'k' }, { signal })],
  ]

  test.each(calls)('%s rejects at once', async (_, call) => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const outcome = call(silent(), stop.signal).catch(error => error)
    // The provider is asked by then, and never answers.
    await new Promise(resolve => setImmediate(resolve))
    stop.abort(reason)
    expect(await outcome).toBe(reason)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })
})

describe('callbacks that reject or throw', () => {
  const fail = async () => {
    throw new Error('my callback failed')
  }
  const throwing = () => {
    throw new Error('my callback failed')
  }

  // A rejection that nothing handles fails the test run.
  test.each([
    ['reject', fail],
    ['throw', throwing],
  ])('%s: the upload goes on', async (_, callback) => {
    const logger = { debug: callback, info: callback, warn: callback, error: callback }
    const bucket = bucketWith({ logger })
    const listeners = { onEvent: callback, onProgress: callback }
    await resumableUpload(bucket, 'k', bytes, { ...inParts(), ...listeners })
    const stream = Readable.from([bytes])
    const spoolDir = join(directory, 'spool')
    await resumableUpload(bucket, 'spooled', stream, { ...inParts(), ...listeners, spoolDir })
    const target = join(directory, 'file')
    await downloadObject(bucket, 'k', target, { ...listeners, overwrite: true })
    await uploadFiles(bucket, 'many/', [target], {
      checkpoint: new MemoryJournalStore(),
      onFile: callback,
      ...listeners,
    })
    await bucket.putObject({ key: 'p', body: bytes }, { onBytesSent: callback })
    await new Promise(resolve => setImmediate(resolve))
  })
})

test('each of several uploads at once keeps its own asynchronous context', async () => {
  const bucket = bucketWith()
  const tenant = new AsyncLocalStorage<string>()
  const traced = new AsyncLocalStorage<{ key: string }>()
  const seen = { own: 0, others: [] as string[] }
  const look = (key: string | undefined, what: string) => {
    if (tenant.getStore() === key) seen.own++
    else seen.others.push(`${what} of ${key} in the context of ${tenant.getStore()}`)
  }
  const channel = tracingChannel<{ key?: string }, { key?: string }>('ossup:request')
  const subscriber = {
    start: ({ key }: { key?: string }) => {
      look(key, 'request')
      const trace = traced.getStore()?.key
      if (trace !== key) seen.others.push(`trace of ${key}: ${trace}`)
    },
    end() {},
    asyncStart() {},
    asyncEnd() {},
    error() {},
  }
  channel.subscribe(subscriber)
  tracingChannel<{ key: string }, { key: string }>('ossup:upload').start.bindStore(traced)
  try {
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(key =>
        tenant.run(key, () =>
          resumableUpload(bucket, key, new Uint8Array(1_500_000), {
            ...inParts(),
            onEvent: () => look(key, 'event'),
            onProgress: () => look(key, 'progress'),
          }),
        ),
      ),
    )
  } finally {
    channel.unsubscribe(subscriber)
    tracingChannel('ossup:upload').start.unbindStore(traced)
  }
  expect(seen.own).toBeGreaterThan(100)
  expect(seen.others).toEqual([])
})
