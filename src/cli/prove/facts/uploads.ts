// Uploads in parts: numbered facts.

import { createHash } from 'node:crypto'
import { crc64 } from '../../../runtimes/node/index.ts'
import { elements, missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { refused } from '../not-checked.ts'
import { shared } from '../shared.ts'
import { needs } from '../versioning-state.ts'
import { fact } from './fact-of.ts'

const smallestPart = new Uint8Array(102_400).fill(97)
const last = Buffer.from('last')

const hex = (bytes: Uint8Array | string) =>
  createHash('md5').update(bytes).digest('hex').toUpperCase()
/** The MD5 of the parts' ETags, as text. */
const etagOfParts = (...parts: Uint8Array[]) => `"${hex(parts.map(hex).join(''))}-${parts.length}"`

/** Two ids of one key. The second upload completes parts 1 and 3, part 2 is left out. */
const twoUploads = shared(async bench => {
  const key = bench.newKey()
  const first = await bench.initiate(key, { 'x-oss-meta-a': 'one' })
  const second = await bench.initiate(key, { 'x-oss-meta-a': 'two' })
  const one = await bench.putPart(key, second, 1, smallestPart)
  await bench.putPart(key, second, 2, last)
  const three = await bench.putPart(key, second, 3, last)
  const before = await bench.ask({ method: 'HEAD', key })
  const done = await bench.complete(key, second, [
    [1, one],
    [3, three],
  ])
  if (done.status !== 200) refused(done)
  const after = await bench.ask({ method: 'HEAD', key })
  return { key, first, second, before, after }
})

export const uploadFacts: readonly Fact[] = [
  fact('F60', 'each Initiate makes an upload; no object until Complete', 'all', async bench => {
    const { first, second, before } = await twoUploads(bench)
    return missingOf({ 'two ids': first !== second, 'no object': before.status === 404 })
  }),
  fact('F61', 'Complete: listed parts with a gap, ETag, CRC-64, metadata', 'all', async bench => {
    const { headers } = (await twoUploads(bench)).after
    return missingOf({
      length: headers['content-length'] === '102404',
      etag: headers.etag === etagOfParts(smallestPart, last),
      crc: headers['x-oss-hash-crc64ecma'] === String(crc64(last, crc64(smallestPart))),
      metadata: headers['x-oss-meta-a'] === 'two',
    })
  }),
  fact('F64', 'two uploads of one key; the last completed one wins', 'one', async bench => {
    const { key, first } = await twoUploads(bench)
    const etag = await bench.putPart(key, first, 1, last)
    const done = await bench.complete(key, first, [[1, etag]])
    if (done.status !== 200) return said(done)
    return (await bench.ask({ method: 'HEAD', key })).headers['x-oss-meta-a'] ?? 'none'
  }),
  fact('F65', 'an upload without parts', '200, 0 bytes', async bench => {
    const key = bench.newKey()
    const done = await bench.complete(key, await bench.initiate(key), [])
    const { headers } = await bench.ask({ method: 'HEAD', key })
    return `${said(done)}, ${headers['content-length'] ?? 'no'} bytes`
  }),
  fact('F66', 'x-oss-complete-all: yes, without a body', '200, 4 bytes', async bench => {
    const key = bench.newKey()
    const uploadId = await bench.initiate(key)
    await bench.putPart(key, uploadId, 1, last)
    const headers = { 'x-oss-complete-all': 'yes' }
    const done = await bench.ask({ method: 'POST', key, query: { uploadId }, headers })
    const head = await bench.ask({ method: 'HEAD', key })
    return `${said(done)}, ${head.headers['content-length'] ?? 'no'} bytes`
  }),
  fact('F67', 'part numbers 0, 10,000 and 10,001', '400, 200, 400', async bench => {
    const key = bench.newKey()
    const uploadId = await bench.initiate(key)
    const put = async (partNumber: string) =>
      (await bench.ask({ method: 'PUT', key, query: { uploadId, partNumber }, body: last })).status
    return `${await put('0')}, ${await put('10000')}, ${await put('10001')}`
  }),
  fact(
    'F70',
    'a Complete that is refused changes nothing',
    'the object is as it was',
    async bench => {
      const key = bench.newKey()
      const { headers } = await bench.store(key, 'before')
      const uploadId = await bench.initiate(key)
      await bench.putPart(key, uploadId, 1, last)
      const refusal = await bench.complete(key, uploadId, [[1, '"0"']])
      if (refusal.status === 200) return 'Complete was not refused'
      const head = await bench.ask({ method: 'HEAD', key })
      return head.headers.etag === headers.etag ? 'the object is as it was' : 'another object'
    },
  ),
  fact(
    'F72',
    'forbid-overwrite at Complete, without versioning',
    '409 FileAlreadyExists',
    async bench => {
      await needs(bench, 'none')
      const key = bench.newKey()
      await bench.store(key, '')
      const uploadId = await bench.initiate(key)
      const etag = await bench.putPart(key, uploadId, 1, last)
      const headers = { 'x-oss-forbid-overwrite': 'true' }
      return said(await bench.complete(key, uploadId, [[1, etag]], headers))
    },
  ),
  fact('F76', 'ListMultipartUploads with prefix, delimiter and pages', 'all', async bench => {
    const folder = `${bench.newKey()}/`
    const ids = [await bench.initiate(`${folder}a`), await bench.initiate(`${folder}b`)]
    await bench.initiate(`${folder}c/1`)
    const list = (query: Readonly<Record<string, string>>) =>
      bench.ask({ method: 'GET', query: { uploads: '', prefix: folder, delimiter: '/', ...query } })
    const all = elements((await list({})).text, 'UploadId')
    const page = await list({ 'max-uploads': '1' })
    const rest = await list({ 'key-marker': `${folder}a` })
    return missingOf({
      ids: all.join() === ids.join(),
      page: elements(page.text, 'UploadId').join() === ids[0],
      marker: elements(rest.text, 'UploadId').join() === ids[1],
      'common prefix': rest.text.includes('<CommonPrefixes>'),
    })
  }),
  fact('F77', 'Initiate ignores If-Modified-Since', '200', async bench => {
    const headers = { 'if-modified-since': 'Tue, 01 Jan 2030 00:00:00 GMT' }
    const query = { uploads: '' }
    return said(await bench.ask({ method: 'POST', key: bench.newKey(), query, unsigned: headers }))
  }),
]
