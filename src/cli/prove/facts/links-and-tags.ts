// Symbolic links, tags and ACLs of objects.

import type { Bench } from '../bench.ts'
import { element, elements, missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { refused } from '../not-checked.ts'
import { shared } from '../shared.ts'
import { fact } from './fact-of.ts'
import { storedObject } from './reads.ts'

async function linkTo(bench: Bench, target: string): Promise<string> {
  const key = bench.newKey()
  const headers = { 'x-oss-symlink-target': encodeURIComponent(target) }
  const reply = await bench.ask({ method: 'PUT', key, query: { symlink: '' }, headers })
  return reply.status === 200 ? key : refused(reply)
}

const link = shared(async bench => linkTo(bench, (await storedObject(bench)).key))

function tagging(key: string, value: string) {
  const tag = `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`
  return `<Tagging><TagSet>${tag}</TagSet></Tagging>`
}

export const linkAndTagFacts: readonly Fact[] = [
  fact('F52', 'put, get and delete the tags of an object', '200, a=1, 204, none', async bench => {
    const key = bench.newKey()
    await bench.store(key, '')
    const query = { tagging: '' }
    const put = await bench.ask({ method: 'PUT', key, query, body: tagging('a', '1') })
    const got = await bench.get(key, {}, query)
    const tag = `${element(got.text, 'Key')}=${element(got.text, 'Value')}`
    const removed = await bench.ask({ method: 'DELETE', key, query })
    const rest = elements((await bench.get(key, {}, query)).text, 'Key')
    return `${said(put)}, ${tag}, ${said(removed)}, ${rest.join() || 'none'}`
  }),
  fact('F53', 'a tag with an empty value, and a key that is too long', '200, 400', async bench => {
    const key = bench.newKey()
    await bench.store(key, '')
    const query = { tagging: '' }
    const good = await bench.ask({ method: 'PUT', key, query, body: tagging('a', '') })
    const bad = await bench.ask({ method: 'PUT', key, query, body: tagging('k'.repeat(129), '') })
    return `${said(good)}, ${bad.status}`
  }),
  fact('F57', 'GetSymlink shows the target', 'the target', async bench => {
    const reply = await bench.get(await link(bench), {}, { symlink: '' })
    const target = decodeURIComponent(reply.headers['x-oss-symlink-target'] ?? '')
    if (target === (await storedObject(bench)).key) return 'the target'
    return reply.status === 200 ? 'another target' : said(reply)
  }),
  fact('F58', 'reading a link gives bytes, ETag and CRC-64 of the target', 'all', async bench => {
    const { headers, text } = await bench.get(await link(bench))
    const { put } = await storedObject(bench)
    return missingOf({
      bytes: text.length === 2000,
      etag: headers.etag === put.headers.etag,
      crc: headers['x-oss-hash-crc64ecma'] === put.headers['x-oss-hash-crc64ecma'],
    })
  }),
  fact(
    'F59',
    'a link to nothing, and a link to a link',
    '404 SymlinkTargetNotExist, 400 InvalidTargetType',
    async bench => {
      const nothing = await bench.get(await linkTo(bench, bench.newKey()))
      const second = await bench.get(await linkTo(bench, await link(bench)))
      return `${said(nothing)}, ${said(second)}`
    },
  ),
  fact(
    'F84',
    'the ACL of an object, by default and after it was set',
    'default, private',
    async bench => {
      const key = bench.newKey()
      await bench.store(key, '')
      const query = { acl: '' }
      const before = element((await bench.get(key, {}, query)).text, 'Grant')
      const headers = { 'x-oss-object-acl': 'private' }
      const put = await bench.ask({ method: 'PUT', key, query, headers })
      if (put.status !== 200) refused(put)
      return `${before}, ${element((await bench.get(key, {}, query)).text, 'Grant')}`
    },
  ),
]
