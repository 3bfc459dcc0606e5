// Wrong signatures and credentials in signed URLs, and anonymous reads.

import { element, missingOf, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { NotChecked, refused } from '../not-checked.ts'
import { shared } from '../shared.ts'
import { fact } from './fact-of.ts'

const change = (from: RegExp, to: string) => (target: string) => target.replace(from, to)

const wrongSignature = shared(bench =>
  bench.ask({
    ...{ method: 'GET', key: bench.newKey(), mayBeDenied: true },
    change: change(/x-oss-signature=[0-9a-f]{64}/, `x-oss-signature=${'0'.repeat(64)}`),
  }),
)

export const signingFacts: readonly Fact[] = [
  fact('F21', 'a wrong signature is answered with the string to sign', 'all', async bench => {
    const { text } = await wrongSignature(bench)
    const names = ['StringToSign', 'SignatureProvided', 'OSSAccessKeyId']
    return missingOf(Object.fromEntries(names.map(name => [name, text.includes(`<${name}>`)])))
  }),
  fact('F22', 'an unknown key id', 'InvalidAccessKeyId 0002-00000902', async bench => {
    const unknown = change(/x-oss-credential=[^%]*/, 'x-oss-credential=LTAIunknown')
    const query = { method: 'GET', key: bench.newKey(), mayBeDenied: true } as const
    const { code, ec } = await bench.ask({ ...query, change: unknown })
    return `${code} ${ec}`.trim()
  }),
  fact('F25', "another region than the bucket's", '0002-00000226', async bench => {
    const other = change(/(x-oss-credential=[^%]*%2F\d{8}%2F)[^%]*/, '$1xx-nowhere')
    const query = { method: 'GET', key: bench.newKey(), mayBeDenied: true } as const
    const reply = await bench.ask({ ...query, change: other })
    return reply.ec || said(reply)
  }),
  fact('doubleSignature', 'signatures in both header and URL', 'InvalidArgument', async bench => {
    // A key id that does not exist tells that the header was read.
    const unsigned = { authorization: 'OSS LTAIunknown:AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }
    const query = { method: 'GET', key: bench.newKey(), mayBeDenied: true } as const
    const reply = await bench.ask({ ...query, unsigned })
    return reply.code === 'InvalidArgument' ? reply.code : 'header'
  }),
  fact('F126', 'a token with a permanent key', 'InvalidAccessKeyId', async bench => {
    const key = bench.newKey()
    const url = await bench.bucket.presign({ key })
    if (url.includes('x-oss-security-token'))
      throw new NotChecked('these credentials are temporary')
    const query = { 'x-oss-security-token': 'none' }
    const reply = await bench.ask({ method: 'GET', key, query, mayBeDenied: true })
    return reply.code || said(reply)
  }),
  fact(
    'F36',
    'a V4 URL that lists a header which the request lacks',
    '400 InvalidArgument',
    async bench => {
      const unsent = { 'cache-control': 'no-cache' }
      return said(
        await bench.ask({ method: 'GET', key: bench.newKey(), unsent, mayBeDenied: true }),
      )
    },
  ),
  fact('F35', 'an anonymous read of a private object', '403 AccessDenied', async bench => {
    const key = bench.newKey()
    await bench.store(key, '', { 'x-oss-object-acl': 'private' })
    const anonymous = change(/\?.*/, '')
    return said(await bench.ask({ method: 'GET', key, change: anonymous, mayBeDenied: true }))
  }),
  fact('anonymousListing', 'anonymous listing of a public-read bucket', 'refused', async bench => {
    const info = await bench.ask({ method: 'GET', query: { bucketInfo: '' } })
    if (info.status !== 200) refused(info)
    const acl = element(info.text, 'Grant')
    if (acl !== 'public-read')
      throw new NotChecked(`needs a public-read bucket; this one is ${acl}`)
    const anonymous = change(/\?.*/, '')
    const reply = await bench.ask({ method: 'GET', change: anonymous, mayBeDenied: true })
    return reply.status === 200 ? 'allowed' : 'refused'
  }),
]
