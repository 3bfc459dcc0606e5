// Versions: most facts need a bucket with versioning enabled.

import { element, elements, missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { shared } from '../shared.ts'
import { needs } from '../versioning-state.ts'
import { copySource } from './copies.ts'
import { fact } from './fact-of.ts'

const versionOf = ({ headers }: { headers: Readonly<Record<string, string>> }) =>
  headers['x-oss-version-id'] ?? ''

/** Two versions and a delete marker above them. */
const versioned = shared(async bench => {
  await needs(bench, 'Enabled')
  const key = bench.newKey()
  const first = versionOf(await bench.store(key, 'first', { 'x-oss-tagging': 'a=1' }))
  const second = versionOf(await bench.store(key, 'second'))
  const newest = (await bench.get(key)).text
  const marked = await bench.ask({ method: 'DELETE', key })
  return { key, first, second, newest, marked, marker: versionOf(marked) }
})

export const versionFacts: readonly Fact[] = [
  fact(
    'F101',
    'without versioning: no version id, and null in a listing',
    'none, null',
    async bench => {
      await needs(bench, 'none')
      const key = bench.newKey()
      const put = await bench.store(key, '')
      const { text } = await bench.ask({ method: 'GET', query: { versions: '', prefix: key } })
      return `${versionOf(put) || 'none'}, ${element(text, 'VersionId')}`
    },
  ),
  fact(
    'F103',
    'each write has a version id; reads by version or the newest',
    'all',
    async bench => {
      const { key, first, second, newest } = await versioned(bench)
      const old = await bench.get(key, {}, { versionId: first })
      return missingOf({
        'two ids': first !== '' && second !== '' && first !== second,
        newest: newest === 'second',
        'by version': old.text === 'first',
      })
    },
  ),
  fact('F105', 'a delete sets a delete marker, also above another one', 'all', async bench => {
    const { key, marked, marker } = await versioned(bench)
    const again = await bench.ask({ method: 'DELETE', key })
    return missingOf({
      marker: marked.headers['x-oss-delete-marker'] === 'true' && marker !== '',
      second: versionOf(again) !== '' && versionOf(again) !== marker,
    })
  }),
  fact(
    'F106',
    'a read that meets a delete marker, and one by its version id',
    '404 NoSuchKey true, 405 MethodNotAllowed true',
    async bench => {
      const { key, marker } = await versioned(bench)
      const replies = [await bench.get(key), await bench.get(key, {}, { versionId: marker })]
      return replies.map(it => `${said(it)} ${it.headers['x-oss-delete-marker'] ?? ''}`).join(', ')
    },
  ),
  fact('F107', 'a delete marker is removed by its version', '204, 200', async bench => {
    await needs(bench, 'Enabled')
    const key = bench.newKey()
    await bench.store(key, '')
    const versionId = versionOf(await bench.ask({ method: 'DELETE', key }))
    const gone = await bench.ask({ method: 'DELETE', key, query: { versionId } })
    return `${said(gone)}, ${said(await bench.ask({ method: 'HEAD', key }))}`
  }),
  fact(
    'F108',
    'a version id that is empty, one of another form',
    'InvalidArgument 0012-00000201, InvalidArgument 0012-00000202',
    async bench => {
      const key = bench.newKey()
      const empty = await bench.get(key, {}, { versionId: '' })
      const other = await bench.get(key, {}, { versionId: 'x' })
      return `${empty.code} ${empty.ec}, ${other.code} ${other.ec}`
    },
  ),
  fact('F109', 'tags belong to a version', 'a, none', async bench => {
    const { key, first, second } = await versioned(bench)
    const tags = async (versionId: string) =>
      element((await bench.get(key, {}, { tagging: '', versionId })).text, 'Key') || 'none'
    return `${await tags(first)}, ${await tags(second)}`
  }),
  fact('F110', 'CopyObject of a version', 'first, the version', async bench => {
    const { key: source, first } = await versioned(bench)
    const key = bench.newKey()
    const copy = await bench.ask({ method: 'PUT', key, headers: copySource(bench, source, first) })
    if (copy.status !== 200) return said(copy)
    const isNamed = copy.headers['x-oss-copy-source-version-id'] === first
    return `${(await bench.get(key)).text}, ${isNamed ? 'the version' : 'no version'}`
  }),
  fact('copyDeleteMarker', 'CopyObject of a delete marker', 'NoSuchKey', async bench => {
    const { key: source, marker } = await versioned(bench)
    const headers = copySource(bench, source, marker)
    const { status, code } = await bench.ask({ method: 'PUT', key: bench.newKey(), headers })
    return code || String(status)
  }),
  fact(
    'F112',
    'AppendObject where another version is above',
    '409 ObjectNotAppendable',
    async bench => {
      await needs(bench, 'Enabled')
      const key = bench.newKey()
      await bench.store(key, '')
      const query = { append: '', position: '0' }
      return said(await bench.ask({ method: 'POST', key, query, body: '' }))
    },
  ),
  fact('F113', 'ListObjectVersions: newest first, markers among them', 'all', async bench => {
    const { key, first, second, marker } = await versioned(bench)
    const query = { versions: '', prefix: key }
    const { text } = await bench.ask({ method: 'GET', query })
    const ids = elements(text, 'VersionId')
    return missingOf({
      order: ids.indexOf(second) < ids.indexOf(first) && ids.indexOf(second) >= 0,
      marker: ids.includes(marker) && text.includes('<DeleteMarker>'),
    })
  }),
  fact(
    'F115',
    'while versioning is suspended: writes have the version null',
    'null',
    async bench => {
      await needs(bench, 'Suspended')
      return versionOf(await bench.store(bench.newKey(), ''))
    },
  ),
]
