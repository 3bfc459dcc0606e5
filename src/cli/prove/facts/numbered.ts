// Numbered facts of docs/internals/oss-facts.md that ossup relies on most.

import { element } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { NotChecked, refused } from '../not-checked.ts'

const messages = [
  'The specified key does not exist.',
  'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  'At least one of the pre-conditions you specified did not hold.',
]

export const numberedFacts: readonly Fact[] = [
  {
    id: 'F01',
    title: 'every answer has a request id',
    expected: '24 upper-case hex digits',
    async check(bench) {
      const { headers } = await bench.put(bench.newKey(), '')
      const id = headers['x-oss-request-id'] ?? ''
      return /^[0-9A-F]{24}$/.test(id) ? '24 upper-case hex digits' : 'another form'
    },
  },
  {
    id: 'F10',
    title: 'PutObject answers with ETag (MD5) and CRC-64',
    expected: 'both',
    async check(bench) {
      const { headers } = await bench.put(bench.newKey(), '123456789')
      const etag = headers.etag === '"25F9E794323B453885F5181F1B624D0B"'
      const crc = headers['x-oss-hash-crc64ecma'] === '11051210869376104954'
      return etag && crc ? 'both' : etag ? 'ETag alone' : crc ? 'CRC-64 alone' : 'neither'
    },
  },
  {
    id: 'F13',
    title: 'x-oss-forbid-overwrite without versioning',
    expected: '409 FileAlreadyExists',
    async check(bench) {
      const key = bench.newKey()
      const first = await bench.put(key, '')
      if (first.headers['x-oss-version-id'] !== undefined) {
        throw new NotChecked('versioning is enabled or suspended in this bucket')
      }
      const { status, code } = await bench.put(key, '', { 'x-oss-forbid-overwrite': 'true' })
      return `${status} ${code}`.trim()
    },
  },
  {
    id: 'F104',
    title: 'x-oss-forbid-overwrite with versioning',
    expected: 'ignored',
    async check(bench) {
      const key = bench.newKey()
      const first = await bench.put(key, '')
      if (first.headers['x-oss-version-id'] === undefined) {
        throw new NotChecked('versioning is not enabled in this bucket')
      }
      const { status, code } = await bench.put(key, '', { 'x-oss-forbid-overwrite': 'true' })
      return status === 200 ? 'ignored' : code
    },
  },
  {
    id: 'F40',
    title: 'a range that does not fit',
    expected: '200',
    async check(bench) {
      const key = bench.newKey()
      await bench.put(key, 'bytes')
      const { status } = await bench.ask({ method: 'GET', key, headers: { range: 'bytes=9-20' } })
      return String(status)
    },
  },
  {
    id: 'F45',
    title: 'DeleteObject of an object that does not exist',
    expected: '204',
    check: async bench =>
      String((await bench.ask({ method: 'DELETE', key: bench.newKey() })).status),
  },
  {
    id: 'F62',
    title: 'an upload id after Abort',
    expected: '404 NoSuchUpload',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      await bench.ask({ method: 'DELETE', key, query: { uploadId } })
      const { status, code } = await bench.ask({ method: 'GET', key, query: { uploadId } })
      return `${status} ${code}`.trim()
    },
  },
  {
    id: 'F63',
    title: 'the old ETag of a part that was sent again',
    expected: 'InvalidPart',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      const old = await bench.putPart(key, uploadId, 1, 'old')
      await bench.putPart(key, uploadId, 1, 'new')
      const { status, code } = await bench.complete(key, uploadId, [[1, old]])
      return code || String(status)
    },
  },
  {
    id: 'F71',
    title: 'a part below 102,400 bytes that is not the last',
    expected: 'EntityTooSmall',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      const first = await bench.putPart(key, uploadId, 1, 'small')
      const second = await bench.putPart(key, uploadId, 2, 'small')
      const parts = [[1, first] as const, [2, second] as const]
      const { status, code } = await bench.complete(key, uploadId, parts)
      return code || String(status)
    },
  },
  {
    id: 'F75',
    title: 'ListParts of an upload without parts',
    expected: 'an empty NextPartNumberMarker',
    async check(bench) {
      const key = bench.newKey()
      const uploadId = await bench.initiate(key)
      const reply = await bench.ask({ method: 'GET', key, query: { uploadId } })
      if (reply.code !== '') refused(reply)
      const marker = element(reply.text, 'NextPartNumberMarker')
      return marker === '' ? 'an empty NextPartNumberMarker' : 'another NextPartNumberMarker'
    },
  },
  {
    id: 'F08',
    title: 'messages of NoSuchKey, NoSuchUpload and PreconditionFailed',
    expected: 'as clients compare them',
    async check(bench) {
      const key = bench.newKey()
      const missing = await bench.get(key)
      const uploadId = await bench.initiate(key)
      await bench.ask({ method: 'DELETE', key, query: { uploadId } })
      const dead = await bench.get(key, {}, { uploadId })
      await bench.store(key, '')
      const failed = await bench.get(key, { 'if-match': '"0"' })
      const seen = [missing, dead, failed].map(({ text }) => element(text, 'Message'))
      return seen.join('|') === messages.join('|') ? 'as clients compare them' : seen.join(' | ')
    },
  },
]
