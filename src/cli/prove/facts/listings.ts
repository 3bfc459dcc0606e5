// Listings of objects, and what a bucket tells about itself.

import type { Bench } from '../bench.ts'
import { element, elements, missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { NotChecked, refused } from '../not-checked.ts'
import { shared } from '../shared.ts'
import { versioningState } from '../versioning-state.ts'
import { fact } from './fact-of.ts'

/** Two objects and a common prefix with two more. */
const listedFolder = shared(async bench => {
  const folder = `${bench.newKey()}/`
  for (const name of ['a', 'b', 'c/1', 'c/2']) await bench.store(`${folder}${name}`, 'x')
  return folder
})

async function list(bench: Bench, query: Readonly<Record<string, string>>) {
  const prefix = await listedFolder(bench)
  const reply = await bench.ask({ method: 'GET', query: { prefix, delimiter: '/', ...query } })
  return { ...reply, names: elements(reply.text, 'Key').map(key => key.slice(prefix.length)) }
}

async function about(bench: Bench, subresource: string): Promise<string> {
  const reply = await bench.ask({ method: 'GET', query: { [subresource]: '' } })
  return reply.status === 200 ? reply.text : refused(reply)
}

const bucketInfo = shared(bench => about(bench, 'bucketInfo'))

export const listingFacts: readonly Fact[] = [
  fact('zeroMaxKeys', 'max-keys=0', 'InvalidArgument', async bench => {
    const { status, code } = await list(bench, { 'max-keys': '0' })
    return status === 200 ? 'empty' : code
  }),
  fact('F86', 'the fields of an object in a listing', 'all', async bench => {
    const { text } = await list(bench, {})
    const names = ['Key', 'LastModified', 'ETag', 'Type', 'Size', 'StorageClass', 'Owner']
    return missingOf(Object.fromEntries(names.map(name => [name, text.includes(`<${name}>`)])))
  }),
  fact(
    'F87',
    'ListObjects pages by marker; a common prefix counts once',
    'a, b + c/',
    async bench => {
      const first = await list(bench, { 'max-keys': '1' })
      const second = await list(bench, { marker: element(first.text, 'NextMarker') })
      const groups = second.text.match(/<CommonPrefixes>/g)?.length ?? 0
      return `${first.names.join()}, ${second.names.join()}${groups === 1 ? ' + c/' : ''}`
    },
  ),
  fact('F88', 'ListObjectsV2 pages by token; owners on request', 'a, b, owner', async bench => {
    const query = { 'list-type': '2' }
    const first = await list(bench, { ...query, 'max-keys': '1' })
    const token = element(first.text, 'NextContinuationToken')
    const next = { ...query, 'continuation-token': token, 'fetch-owner': 'true' }
    const second = await list(bench, next)
    const without = first.text.includes('<Owner>')
    const owner = second.text.includes('<Owner>') && !without ? 'owner' : 'other owners'
    return `${first.names.join()}, ${second.names.join()}, ${owner}`
  }),
  fact('F89', 'encoding-type=url encodes names, the slash included', '%2Fa', async bench => {
    const { text } = await list(bench, { 'encoding-type': 'url' })
    return (elements(text, 'Key')[0] ?? '').endsWith('%2Fa') ? '%2Fa' : 'another form'
  }),
  fact(
    'F90',
    'max-keys of 1,001 and of no number',
    '400 InvalidArgument, 400 InvalidArgument',
    async bench =>
      `${said(await list(bench, { 'max-keys': '1001' }))}, ${said(await list(bench, { 'max-keys': 'x' }))}`,
  ),
  fact('F79', 'GetBucketStat: sizes and counts', 'all', async bench => {
    const stat = await about(bench, 'stat')
    const names = ['Storage', 'ObjectCount', 'MultipartUploadCount', 'StandardStorage']
    return missingOf(Object.fromEntries(names.map(name => [name, stat.includes(`<${name}>`)])))
  }),
  fact(
    'F80',
    'GetBucketInfo and GetBucketLocation name the same place',
    'the same',
    async bench => {
      const place = element(await bucketInfo(bench), 'Location')
      const location = /<LocationConstraint[^>]*>([^<]*)</.exec(await about(bench, 'location'))?.[1]
      return place !== '' && place === location ? 'the same' : 'others'
    },
  ),
  fact('F100', 'GetBucketVersioning and GetBucketInfo show the same', 'the same', async bench => {
    const shown = element(await bucketInfo(bench), 'Versioning') || 'none'
    return shown === (await versioningState(bench)) ? 'the same' : 'others'
  }),
  fact(
    'F116',
    'overwrite rules of a bucket that has none',
    '404 NoSuchBucketOverwriteConfig',
    async bench => {
      const reply = await bench.ask({ method: 'GET', query: { overwriteConfig: '' } })
      if (reply.status === 200) throw new NotChecked('this bucket has overwrite rules')
      return said(reply)
    },
  ),
  fact('F121', 'GET ?live', 'a list', async bench => {
    const reply = await bench.ask({ method: 'GET', query: { live: '' } })
    return reply.text.includes('<ListLiveChannelResult') ? 'a list' : said(reply)
  }),
  fact('F128', 'HEAD of the bucket: x-oss-bucket-region', '200, present', async bench => {
    const reply = await bench.ask({ method: 'HEAD' })
    const region = reply.headers['x-oss-bucket-region']
    return `${said(reply)}, ${region === undefined ? 'absent' : 'present'}`
  }),
]
