// Reads of one stored object, and of one that does not exist.

import { missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { shared } from '../shared.ts'
import { fact } from './fact-of.ts'

const words = 'text '.repeat(400)
const metadata = {
  'content-type': 'text/plain',
  'cache-control': 'no-cache',
  'x-oss-meta-a': 'value of a',
}

export const storedObject = shared(async bench => {
  const key = bench.newKey()
  const put = await bench.store(key, words, { ...metadata, 'x-oss-tagging': 'a=1&b=2' })
  return { key, put }
})

const missingObject = shared(bench => bench.get(bench.newKey()))

export const readFacts: readonly Fact[] = [
  fact('F02', 'elements of an error document, EC and x-oss-ec', 'all', async bench => {
    const { text, ec, headers } = await missingObject(bench)
    return missingOf({
      'no namespace': !text.includes('xmlns'),
      Code: text.includes('<Code>'),
      RequestId: text.includes('<RequestId>'),
      HostId: text.includes('<HostId>'),
      'x-oss-ec': ec !== '' && headers['x-oss-ec'] === ec,
    })
  }),
  fact('F03', 'the error of HEAD in x-oss-err', '404 NoSuchKey', async bench =>
    said(await bench.ask({ method: 'HEAD', key: bench.newKey() })),
  ),
  fact(
    'F11',
    'content headers, user metadata and the count of tags are kept',
    'all',
    async bench => {
      const { key } = await storedObject(bench)
      const { headers } = await bench.ask({ method: 'HEAD', key })
      const kept = Object.entries(metadata).map(([name, value]) => [name, headers[name] === value])
      return missingOf({
        ...Object.fromEntries(kept),
        tags: headers['x-oss-tagging-count'] === '2',
      })
    },
  ),
  fact(
    'F41',
    'x-oss-range-behavior: standard, beyond the end',
    '206 5, 416 InvalidRange',
    async bench => {
      const { key } = await storedObject(bench)
      const standard = { 'x-oss-range-behavior': 'standard' }
      const clipped = await bench.get(key, { range: 'bytes=1995-9999', ...standard })
      const beyond = await bench.get(key, { range: 'bytes=5000-', ...standard })
      return `${clipped.status} ${clipped.headers['content-length'] ?? ''}, ${said(beyond)}`
    },
  ),
  fact(
    'F42',
    'conditions; an ETag without quotes; the body of 304',
    '412 PreconditionFailed, 304, 0 bytes',
    async bench => {
      const { key, put } = await storedObject(bench)
      const failed = await bench.get(key, { 'if-match': '"0"' })
      const bare = (put.headers.etag ?? '').replaceAll('"', '')
      const same = await bench.get(key, { 'if-none-match': bare })
      return `${said(failed)}, ${same.status}, ${same.text.length} bytes`
    },
  ),
  fact('F43', 'response-content-type sets the header', 'text/x-prove', async bench => {
    const { key } = await storedObject(bench)
    const reply = await bench.get(key, {}, { 'response-content-type': 'text/x-prove' })
    return reply.headers['content-type'] ?? said(reply)
  }),
  fact('F44', 'GetObjectMeta has four headers of the object, no more', 'all', async bench => {
    const { key } = await storedObject(bench)
    const { headers } = await bench.ask({ method: 'HEAD', key, query: { objectMeta: '' } })
    return missingOf({
      length: headers['content-length'] === '2000',
      etag: headers.etag !== undefined,
      'last-modified': headers['last-modified'] !== undefined,
      crc: headers['x-oss-hash-crc64ecma'] !== undefined,
      'no metadata': headers['x-oss-meta-a'] === undefined,
    })
  }),
  fact(
    'F51',
    'POST to an object without a subresource',
    '405 MethodNotAllowed, Allow',
    async bench => {
      const { key } = await storedObject(bench)
      const reply = await bench.ask({ method: 'POST', key })
      return `${said(reply)}, ${reply.headers.allow === undefined ? 'no Allow' : 'Allow'}`
    },
  ),
  fact('F54', 'gzip on request, without ETag and length', 'all', async bench => {
    const { key } = await storedObject(bench)
    const unsigned = { 'accept-encoding': 'gzip' }
    const { headers } = await bench.ask({ method: 'GET', key, unsigned })
    return missingOf({
      gzip: headers['content-encoding'] === 'gzip',
      'no ETag': headers.etag === undefined,
      'no length': headers['content-length'] === undefined,
    })
  }),
  fact('F56', 'a condition without a value', '200', async bench => {
    const { key } = await storedObject(bench)
    return said(await bench.ask({ method: 'GET', key, unsigned: { 'if-match': '' } }))
  }),
]
