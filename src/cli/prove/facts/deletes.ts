// DeleteMultipleObjects, and deletes of one object.

import { createHash } from 'node:crypto'
import type { Bench } from '../bench.ts'
import { element, missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { needs } from '../versioning-state.ts'
import { fact } from './fact-of.ts'

interface Deletion {
  readonly isQuiet?: boolean
  readonly before?: string
  /** @default the MD5 of the body */
  readonly md5?: (digest: Buffer) => Buffer | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** @param objects the `Object` elements */
export function deleteAll(bench: Bench, objects: string, options: Deletion = {}) {
  const { isQuiet = false, before = '', md5 = digest => digest, headers = {} } = options
  const body = `${before}<?xml version="1.0" encoding="UTF-8"?><Delete><Quiet>${isQuiet}</Quiet>${objects}</Delete>`
  const sum = md5(createHash('md5').update(body).digest())
  return bench.ask({
    ...{ method: 'POST', query: { delete: '' }, body },
    headers: { ...headers, ...(sum && { 'content-md5': sum.toString('base64') }) },
  })
}

const objectOf = (key: string) => `<Object><Key>${key}</Key></Object>`

export const deleteFacts: readonly Fact[] = [
  fact(
    'deleteWithoutMd5',
    'DeleteMultipleObjects without Content-MD5',
    'MissingArgument',
    async bench => {
      const reply = await deleteAll(bench, objectOf(bench.newKey()), { md5: () => undefined })
      return reply.status === 200 ? 'accepted' : reply.code
    },
  ),
  fact('F09', 'a control character in a listing, unescaped', 'unescaped', async bench => {
    const key = `${bench.newKey()}\u0001`
    await bench.store(key, '')
    const { text } = await bench.ask({ method: 'GET', query: { prefix: key } })
    return text.includes(`${key}</Key>`) ? 'unescaped' : 'written in another way'
  }),
  fact('F46', 'DeleteMultipleObjects: an absent key; quiet', 'deleted, 0 bytes', async bench => {
    const key = bench.newKey()
    const loud = await deleteAll(bench, objectOf(key))
    const quiet = await deleteAll(bench, objectOf(key), { isQuiet: true })
    return `${element(loud.text, 'Key') === key ? 'deleted' : 'another answer'}, ${quiet.text.length} bytes`
  }),
  fact('F47', 'DeleteMultipleObjects without keys', '400 MalformedXML', async bench =>
    said(await deleteAll(bench, '')),
  ),
  fact('F55', 'DeleteObject with versionId=null, without versioning', '204, 404', async bench => {
    await needs(bench, 'none')
    const key = bench.newKey()
    await bench.store(key, '')
    const gone = await bench.ask({ method: 'DELETE', key, query: { versionId: 'null' } })
    return `${said(gone)}, ${(await bench.ask({ method: 'HEAD', key })).status}`
  }),
  fact('F129', 'DeleteMultipleObjects with encoding-type as a header', 'encoded', async bench => {
    const key = `${bench.newKey()}ä`
    const reply = await deleteAll(bench, objectOf(key), { headers: { 'encoding-type': 'url' } })
    return reply.text.includes('%C3%A4') ? 'encoded' : 'not encoded'
  }),
  fact('F130', 'a Content-MD5 of 20 bytes', '200', async bench =>
    said(
      await deleteAll(bench, objectOf(bench.newKey()), {
        md5: digest => Buffer.concat([digest, Buffer.alloc(4)]),
      }),
    ),
  ),
  fact('F131', 'blanks before the XML prolog', '200', async bench =>
    said(await deleteAll(bench, objectOf(bench.newKey()), { before: ' \n' })),
  ),
  fact(
    'F111',
    'DeleteMultipleObjects with a version, and with a new marker',
    'all',
    async bench => {
      await needs(bench, 'Enabled')
      const key = bench.newKey()
      const put = await bench.store(key, '')
      const version = put.headers['x-oss-version-id'] ?? ''
      const marked = await deleteAll(bench, objectOf(key))
      const one = `<Object><Key>${key}</Key><VersionId>${version}</VersionId></Object>`
      const removed = await deleteAll(bench, one)
      return missingOf({
        marker: element(marked.text, 'DeleteMarkerVersionId') !== '',
        version: element(removed.text, 'VersionId') === version,
      })
    },
  ),
]
