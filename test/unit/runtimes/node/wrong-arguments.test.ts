// What callers without a compiler give: refused with a reason, before anything is read or sent.

import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { openSource } from '../../../../src/runtimes/node/files/open-source.ts'
import {
  abortUnfinishedUpload,
  Bucket,
  discardCheckpoint,
  discardUpload,
  downloadObject,
  listUnfinishedUploads,
  MemoryJournalStore,
  resumableUpload,
  resumeCheckpoint,
  uploadFiles,
  verifyObject,
} from '../../../../src/runtimes/node/index.ts'

const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
const bucket = new Bucket({ name: 'bucket', region: 'cn-hangzhou', credentials })
const checkpoint = new MemoryJournalStore()
const source = new Uint8Array(1)

describe('a bucket that is none', () => {
  const calls: [string, (given: Bucket) => Promise<unknown>][] = [
    ['resumableUpload', given => resumableUpload(given, 'k', source, { checkpoint })],
    ['uploadFiles', given => uploadFiles(given, '', [], { checkpoint })],
    ['discardUpload', given => discardUpload(given, 'k', source, { checkpoint })],
    ['resumeCheckpoint', given => resumeCheckpoint(given, 'id', { checkpoint })],
    ['discardCheckpoint', given => discardCheckpoint(given, 'id', { checkpoint })],
    ['verifyObject', given => verifyObject(given, 'k', source)],
    ['downloadObject', given => downloadObject(given, 'k', 'target')],
    ['listUnfinishedUploads', given => listUnfinishedUploads(given, '').next()],
    ['abortUnfinishedUpload', given => abortUnfinishedUpload(given, { key: 'k', uploadId: 'u' })],
  ]

  test.each(calls)('%s refuses it', async (_, call) => {
    const wrong = JSON.parse('["bkt1",{"name":"bkt1","secret":"s3cret"},null,5]')
    for (const given of wrong) {
      const refusal = call(given)
      await expect(refusal).rejects.toMatchObject({
        name: 'OptionError',
        code: 'INVALID_BUCKET',
        hint: expect.stringContaining('new Bucket({'),
      })
      await expect(refusal).rejects.not.toThrow('s3cret')
    }
  })
})

describe('an option that is none', () => {
  const given = (name: string) => JSON.parse(`{"${name}":1}`)
  const upload = (name: string) => resumableUpload(bucket, 'k', source, given(name))

  test.each([
    ['resumableUpload', upload, 'checkpointdir', /^Did you mean 'checkpointDir'\? .*spoolDir/],
    ['resumableUpload', upload, 'spooldir', /^Did you mean 'spoolDir'\? .*checkpointDir/],
    ['resumableUpload', upload, 'store', /^It is called checkpointDir here\. /],
    [
      'uploadFiles',
      (name: string) => uploadFiles(bucket, '', [], given(name)),
      'excludes',
      /^Did you mean 'exclude'\? .*checkpointDir/,
    ],
    [
      'downloadObject',
      (name: string) => downloadObject(bucket, 'k', 'target', given(name)),
      'overwrit',
      /^Did you mean 'overwrite'\? /,
    ],
  ])('%s: %s', async (_, call, name, hint) => {
    await expect(call(name)).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      hint: expect.stringMatching(hint),
    })
  })
})

describe('a source that is none', () => {
  const refusal = { name: 'OptionError', code: 'INVALID_SOURCE' }

  // Found by two uploads of one stream: both succeeded, with some of the bytes each.
  test('a stream that was passed before, or is read by other code', async () => {
    const web = new ReadableStream()
    web.getReader()
    await expect(verifyObject(bucket, 'k', web)).rejects.toMatchObject(refusal)
    const generator = (async function* () {
      yield source
    })()
    for (const stream of [Readable.from([source]), new ReadableStream(), generator]) {
      await openSource(stream)
      await expect(openSource(stream)).rejects.toMatchObject(refusal)
    }
    const again = { [Symbol.asyncIterator]: () => Readable.from([source])[Symbol.asyncIterator]() }
    await openSource(again)
    await openSource(again)
  })

  test('an address of another kind, and a value that is no list', async () => {
    const url = new URL('http://example.com/x')
    await expect(openSource(url)).rejects.toMatchObject(refusal)
    const files = uploadFiles(bucket, '', JSON.parse('5'), { checkpoint })
    await expect(files).rejects.toMatchObject(refusal)
  })

  test('options that are no object', async () => {
    for (const options of JSON.parse('[null,[],"x"]')) {
      const upload = resumableUpload(bucket, 'k', source, options)
      await expect(upload).rejects.toMatchObject({ name: 'OptionError', code: 'INVALID_OPTIONS' })
    }
  })
})
