// CopyObject and UploadPartCopy.

import type { Bench } from '../bench.ts'
import { element, missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { refused } from '../not-checked.ts'
import { shared } from '../shared.ts'
import { needs } from '../versioning-state.ts'
import { fact } from './fact-of.ts'
import { storedObject } from './reads.ts'

export function copySource(bench: Bench, key: string, versionId?: string) {
  const path = encodeURIComponent(key).replaceAll('%2F', '/')
  const version = versionId === undefined ? '' : `?versionId=${versionId}`
  return { 'x-oss-copy-source': `/${bench.bucket.name}/${path}${version}` }
}

/** Whole, a range, a range that does not fit, and two open ranges. */
const copiedParts = shared(async bench => {
  const source = await storedObject(bench)
  const key = bench.newKey()
  const uploadId = await bench.initiate(key)
  const copy = (partNumber: number, range?: string) =>
    bench.ask({
      ...{ method: 'PUT', key, query: { uploadId, partNumber: String(partNumber) } },
      headers: {
        ...copySource(bench, source.key),
        ...(range !== undefined && { 'x-oss-copy-source-range': range }),
      },
    })
  const replies = [
    await copy(1),
    await copy(2, 'bytes=0-99'),
    await copy(3, 'bytes=0-9999'),
    await copy(4, 'bytes=1900-'),
    await copy(5, 'bytes=-50'),
  ]
  const list = await bench.get(key, {}, { uploadId })
  const sizes = [...list.text.matchAll(/<Size>(\d+)<\/Size>/g)].map(([, size]) => size)
  return { replies, sizes }
})

export const copyFacts: readonly Fact[] = [
  fact('F48', 'CopyObject keeps the metadata, or replaces it', 'value of a, new', async bench => {
    const source = copySource(bench, (await storedObject(bench)).key)
    const metadata = { 'x-oss-meta-a': 'new', 'x-oss-metadata-directive': 'REPLACE' }
    const seen: string[] = []
    for (const headers of [source, { ...source, ...metadata }]) {
      const key = bench.newKey()
      const copy = await bench.ask({ method: 'PUT', key, headers })
      if (copy.status !== 200) return said(copy)
      const head = await bench.ask({ method: 'HEAD', key })
      seen.push(head.headers['x-oss-meta-a'] ?? 'none')
    }
    return seen.join(', ')
  }),
  fact(
    'F49',
    'CopyObject: an absent source, a malformed one, a condition',
    '404 NoSuchKey, 400 InvalidArgument, 412 PreconditionFailed',
    async bench => {
      const key = bench.newKey()
      const { key: stored } = await storedObject(bench)
      const condition = { ...copySource(bench, stored), 'x-oss-copy-source-if-match': '"0"' }
      const answers: string[] = []
      const sources = [copySource(bench, bench.newKey()), { 'x-oss-copy-source': 'x' }, condition]
      for (const headers of sources)
        answers.push(said(await bench.ask({ method: 'PUT', key, headers })))
      return answers.join(', ')
    },
  ),
  fact(
    'F69',
    'UploadPartCopy: whole, a range, a range that does not fit',
    '2000, 100, 2000',
    async bench => {
      const { sizes } = await copiedParts(bench)
      return sizes.slice(0, 3).join(', ')
    },
  ),
  fact('F78', "UploadPartCopy: the part's ETag in header and document", 'all', async bench => {
    const [first] = (await copiedParts(bench)).replies
    return missingOf({
      header: first?.headers.etag !== undefined,
      document: element(first?.text ?? '', 'ETag') !== '',
    })
  }),
  fact('F122', 'UploadPartCopy: bytes=a- and bytes=-n', '100, 50', async bench => {
    const { sizes } = await copiedParts(bench)
    return sizes.slice(3).join(', ')
  }),
  fact('F123', 'CopyObject onto itself takes the metadata of the request', 'new', async bench => {
    await needs(bench, 'none')
    const key = bench.newKey()
    await bench.store(key, '', { 'x-oss-meta-a': 'old' })
    const headers = { ...copySource(bench, key), 'x-oss-meta-a': 'new' }
    const copy = await bench.ask({ method: 'PUT', key, headers })
    if (copy.status !== 200) return said(copy)
    const head = await bench.ask({ method: 'HEAD', key })
    return head.headers['x-oss-meta-a'] ?? 'none'
  }),
  fact('F124', 'CopyObject: a source key of 1,024 bytes', '400 InvalidObjectName', async bench => {
    const headers = copySource(bench, 'k'.repeat(1024))
    return said(await bench.ask({ method: 'PUT', key: bench.newKey(), headers }))
  }),
  fact('multipartCopy', 'type and ETag of the copy of a multipart object', 'kept', async bench => {
    const [source, key] = [bench.newKey(), bench.newKey()]
    const uploadId = await bench.initiate(source)
    const etag = await bench.putPart(source, uploadId, 1, 'part')
    const done = await bench.complete(source, uploadId, [[1, etag]])
    if (done.status !== 200) refused(done)
    const copy = await bench.ask({ method: 'PUT', key, headers: copySource(bench, source) })
    if (copy.status !== 200) refused(copy)
    const before = await bench.ask({ method: 'HEAD', key: source })
    const after = await bench.ask({ method: 'HEAD', key })
    const isSame = (name: string) => before.headers[name] === after.headers[name]
    return isSame('etag') && isSame('x-oss-object-type') ? 'kept' : 'opaque'
  }),
]
