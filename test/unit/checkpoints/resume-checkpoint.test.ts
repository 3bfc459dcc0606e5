import { beforeEach, describe, expect, test } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import { listCheckpoints } from '../../../src/checkpoints/checkpoints.ts'
import { type ResumeOptions, resumeCheckpoint } from '../../../src/checkpoints/resume-checkpoint.ts'
import {
  abortUnfinishedUpload,
  listUnfinishedUploads,
} from '../../../src/checkpoints/unfinished-uploads.ts'
import { encodeRecords } from '../../../src/journal/codec.ts'
import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'
import type { JournalRecord } from '../../../src/journal/record.ts'
import type { UploadOptions } from '../../../src/options/upload-options.ts'
import type { Source } from '../../../src/ports.ts'
import { bytesSource } from '../../../src/source/bytes-source.ts'
import { uploadFrom } from '../../../src/upload/resumable-upload.ts'
import { LocalOss, refusal } from '../support/local-oss.ts'
import { seeded } from '../support/random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const content = new Uint8Array(450_000).map((_, at) => at % 251)
const small = { partSize: 102_400, multipartThreshold: 102_400, concurrency: 1 } as const

let clock: VirtualClock
let oss: LocalOss
let bucket: Bucket
let store: MemoryJournalStore

beforeEach(() => {
  clock = new VirtualClock('jump')
  oss = new LocalOss(clock)
  store = new MemoryJournalStore()
  bucket = new Bucket(
    {
      name: oss.bucket,
      region: 'cn-hangzhou',
      credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
    },
    { clock, random: seeded(1), transport: oss },
  )
})

async function file(): Promise<Source> {
  return { ...bytesSource(content, '/dir/file.txt'), id: '/dir/file.txt' }
}

/** Begins an upload that OSS refuses at part 3, and gives the id of its checkpoint. */
async function interrupted(options: UploadOptions = {}, at = '3'): Promise<string> {
  oss.intercept = (seen, pass) =>
    seen.query.get('partNumber') === at || (at === 'Initiate' && seen.query.has('uploads'))
      ? refusal(at === 'Initiate' ? 500 : 403, 'AccessDenied')()
      : pass()
  const over = { ...small, attempts: 1, ...options }
  await expect(uploadFrom(bucket, 'key', file, over, store)).rejects.toBeDefined()
  oss.intercept = (_seen, pass) => pass()
  oss.requests.length = 0
  return (await store.list())[0] ?? 'none'
}

const resume = (id: string, options: ResumeOptions = {}) =>
  resumeCheckpoint(bucket, id, file, options, store)

test('continues with the headers that the object was to have', async () => {
  const id = await interrupted({
    contentType: 'x/y',
    metadata: { a: 'b' },
    tags: { t: '1 2' },
    forbidOverwrite: true,
  })
  const result = await resume(id, { partSize: 102_400 })
  expect(result).toMatchObject({ key: 'key', parts: 5, resumed: { parts: 2 } })
  expect(oss.count('InitiateMultipartUpload')).toBe(0)
  expect(oss.count('UploadPart')).toBe(3)
  const { contentType, metadata } = await bucket.headObject({ key: 'key' })
  expect(contentType).toBe('x/y')
  expect(metadata).toMatchObject({ a: 'b' })
  expect(
    oss.requests.find(({ operation }) => operation === 'CompleteMultipartUpload'),
  ).toMatchObject({ headers: { 'x-oss-forbid-overwrite': 'true' } })
  expect(Buffer.compare((await oss.object('key')) ?? Buffer.of(), content)).toBe(0)
  expect(await store.list()).toEqual([])
})

describe('what goes with Complete', () => {
  const aclOf = () =>
    oss.requests.find(({ operation }) => operation === 'CompleteMultipartUpload')?.headers[
      'x-oss-object-acl'
    ]

  test('the access rule is that of the last call', async () => {
    const id = await interrupted({ acl: 'public-read' })
    await interrupted({ acl: 'private' })
    await resume(id)
    expect(aclOf()).toBe('private')
  })

  test('one that was taken back stays away', async () => {
    const id = await interrupted({ acl: 'public-read' })
    await interrupted()
    await resume(id)
    expect(aclOf()).toBeUndefined()
  })

  test('another one can be given', async () => {
    await resume(await interrupted({ acl: 'public-read' }), { acl: 'private' })
    expect(aclOf()).toBe('private')
  })

  test('a callback has to be given again, and is in no checkpoint', async () => {
    const callback = { callbackUrl: 'http://127.0.0.1/?token=geheim', callbackBody: 'x' }
    const id = await interrupted({ callback })
    expect(new TextDecoder().decode(await store.read(id))).not.toContain('geheim')
    await expect(resume(id)).rejects.toMatchObject({ code: 'MISSING_CALLBACK' })
    expect(oss.requests).toEqual([])
    await resume(id, { callback })
    const complete = oss.requests.find(seen => seen.operation === 'CompleteMultipartUpload')
    expect(complete?.headers['x-oss-callback']).toBeDefined()
  })
})

test('an upload whose Initiate was not answered starts again with its headers', async () => {
  const id = await interrupted({ contentType: 'x/y' }, 'Initiate')
  expect(await resume(id)).toMatchObject({ key: 'key' })
  expect(await bucket.headObject({ key: 'key' })).toMatchObject({ contentType: 'x/y' })
})

test('another way to the same bucket does', async () => {
  const id = await interrupted()
  const other = new Bucket(
    {
      name: oss.bucket,
      region: 'cn-hangzhou',
      endpoint: 'http://127.0.0.1:1234',
      credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
    },
    {
      clock,
      random: seeded(1),
      transport: { ...bucket.ports.transport, send: stripBucket, close() {} },
    },
  )
  expect(await resumeCheckpoint(other, id, file, {}, store)).toMatchObject({
    resumed: { parts: 2 },
  })
  expect(await store.list()).toEqual([])
})

/** Path style at an address, for a handler that is asked by virtual host. */
const stripBucket: LocalOss['send'] = (request, options) => oss.send(request, options)

const journal = async (id: string, change: (records: string) => string) => {
  const text = new TextDecoder().decode(await store.read(id))
  const opened = await store.open(id)
  await opened.replace(new TextEncoder().encode(change(text)))
  await opened.close()
}

test('one that was given up is tidied up and not uploaded', async () => {
  const id = await interrupted()
  const [known] = (await listCheckpoints(store)).checkpoints
  const gone: JournalRecord = { t: 'aborting', id: known?.uploadId ?? '', why: 'discarded' }
  await journal(id, text => text + new TextDecoder().decode(encodeRecords([gone])))
  expect(await resume(id)).toBeUndefined()
  expect(await oss.uploads()).toEqual([])
  expect(await oss.object('key')).toBeUndefined()
  expect(await store.list()).toEqual([])
})

test('one of which nothing was begun does not guess headers', async () => {
  const id = await interrupted()
  await journal(id, text => `${text.split('\n')[0]}\n`)
  await expect(resume(id)).rejects.toMatchObject({ code: 'NOT_BEGUN' })
  expect(oss.requests).toEqual([])
})

const refused: [string, string, ResumeOptions & UploadOptions, string][] = [
  ['no checkpoint', 'absent', {}, 'NO_CHECKPOINT'],
  ['options that the checkpoint settles', 'absent', { contentType: 'x/y' }, 'UNKNOWN_OPTION'],
]

test.each(refused)('%s', async (_, id, options, code) => {
  await expect(resume(id, options)).rejects.toMatchObject({ code })
})

test('the checkpoint stays if its source was removed', async () => {
  const id = await interrupted()
  const gone = () => Promise.reject(new Error('gone'))
  await expect(resumeCheckpoint(bucket, id, gone, {}, store)).rejects.toThrow('gone')
  expect(await store.list()).toEqual([id])
  expect(oss.requests).toEqual([])
})

test('uploads that the bucket knows are listed and aborted', async () => {
  for (const key of ['a/1', 'a/2', 'b']) await bucket.initiateMultipartUpload({ key })
  const found = []
  for await (const upload of listUnfinishedUploads(bucket, 'a/')) found.push(upload)
  expect(found.map(({ key }) => key)).toEqual(['a/1', 'a/2'])
  for (const upload of found) await abortUnfinishedUpload(bucket, upload)
  expect((await oss.uploads()).map(({ key }) => key)).toEqual(['b'])
})

describe('one that runs elsewhere', () => {
  test('is busy', async () => {
    const id = await interrupted()
    await store.open(id)
    await expect(resume(id)).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
  })

  test('is waited for, and continued where its owner ended', async () => {
    const id = await interrupted()
    const journal = await store.open(id)
    const resumed = resume(id, { wait: true })
    await clock.sleep(5000)
    await journal.close()
    expect(await resumed).toMatchObject({ resumed: { parts: 2 } })
  })

  test('is not begun again when its owner has finished it', async () => {
    const id = await interrupted()
    const journal = await store.open(id)
    const resumed = resume(id, { wait: true })
    await clock.sleep(5000)
    await journal.remove()
    expect(await resumed).toBeUndefined()
    expect(oss.requests).toEqual([])
  })
})
