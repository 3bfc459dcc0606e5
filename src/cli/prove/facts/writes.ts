// Writes of objects: names, headers, appends.

import { missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { NotChecked } from '../not-checked.ts'
import { shared } from '../shared.ts'
import { fact } from './fact-of.ts'

/** An appendable object of 5 bytes. */
const appended = shared(async bench => {
  const key = bench.newKey()
  const append = (position: string, headers = {}) =>
    bench.ask({
      ...{ method: 'POST', key, body: 'bytes', headers },
      query: { append: '', ...(position !== '' && { position }) },
    })
  return { first: await append('0'), append }
})

const nonsense = { 'x-oss-storage-class': 'Nonsense' }

export const writeFacts: readonly Fact[] = [
  fact('F05', 'a key with //, .. and a trailing slash is literal', '200, 200', async bench => {
    const key = `${bench.newKey()}//a/../b/`
    const put = await bench.put(key, '')
    return `${said(put)}, ${said(await bench.ask({ method: 'HEAD', key }))}`
  }),
  fact('F06', 'a key of 1,023 bytes', '200', async bench => {
    const key = bench.newKey()
    const long = `${key}${'k'.repeat(Math.max(0, 1023 - Buffer.byteLength(key)))}`
    return said(await bench.put(long, ''))
  }),
  fact('F07', 'a plus in the path of a URL', 'a space', async bench => {
    const key = `${bench.newKey()} b`
    await bench.store(key, '')
    const change = (target: string) => target.replace('%20', '+')
    const { status, code } = await bench.ask({ method: 'HEAD', key, change })
    return status === 200 ? 'a space' : code
  }),
  fact('F12', 'a storage class that OSS does not have', '400 InvalidArgument, 404', async bench => {
    const key = bench.newKey()
    const refusal = await bench.put(key, '', nonsense)
    const { status } = await bench.ask({ method: 'HEAD', key })
    return `${said(refusal)}, ${status}`
  }),
  fact(
    'F17',
    'AppendObject: at the end, elsewhere, and to another kind of object',
    '200, 409 PositionNotEqualToLength 5, 409 ObjectNotAppendable',
    async bench => {
      const { first, append } = await appended(bench)
      const wrong = await append('0')
      const normal = bench.newKey()
      await bench.store(normal, '')
      const query = { append: '', position: '0' }
      const other = await bench.ask({ method: 'POST', key: normal, query, body: '' })
      const right = wrong.headers['x-oss-next-append-position'] ?? ''
      return `${said(first)}, ${`${said(wrong)} ${right}`.trim()}, ${said(other)}`
    },
  ),
  fact(
    'F18',
    'a later append with an invalid header; an append without a position',
    '200, 400 MissingArgument',
    async bench => {
      const { append } = await appended(bench)
      const later = await append('5', nonsense)
      return `${said(later)}, ${said(await append(''))}`
    },
  ),
  fact('F19', 'encryption by KMS without a key id', 'a key id', async bench => {
    const headers = { 'x-oss-server-side-encryption': 'KMS' }
    const reply = await bench.put(bench.newKey(), '', headers)
    if (reply.status !== 200) throw new NotChecked(`this bucket refuses KMS: ${reply.code}`)
    const id = reply.headers['x-oss-server-side-encryption-key-id']
    return id === undefined ? 'no key id' : 'a key id'
  }),
  fact('F97', 'a callback that is not Base64', '400 InvalidArgument, 404', async bench => {
    const key = bench.newKey()
    const refusal = await bench.put(key, '', { 'x-oss-callback': '{' })
    const { status } = await bench.ask({ method: 'HEAD', key })
    return `${said(refusal)}, ${status}`
  }),
  fact('F132', 'x-oss-traffic-limit: the delay, and a limit out of range', 'all', async bench => {
    const key = bench.newKey()
    const limited = await bench.put(key, '', { 'x-oss-traffic-limit': '819200' })
    const refusal = await bench.put(key, '', { 'x-oss-traffic-limit': '1' })
    return missingOf({
      delay: limited.headers['x-oss-qos-delay-time'] !== undefined,
      InvalidArgument: refusal.code === 'InvalidArgument',
    })
  }),
  fact(
    'F133',
    'an empty header value; PutObjectAcl without an ACL',
    '200, 400 MissingArgument',
    async bench => {
      const key = bench.newKey()
      const put = await bench.put(key, '', { 'x-oss-storage-class': '' })
      const acl = await bench.ask({ method: 'PUT', key, query: { acl: '' } })
      return `${said(put)}, ${said(acl)}`
    },
  ),
]
