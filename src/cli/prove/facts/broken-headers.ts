// Authorization headers that are wrong on purpose. OSS refuses them before it does anything.

import type { Bench } from '../bench.ts'
import { type Reply, said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { NotChecked } from '../not-checked.ts'
import { shared } from '../shared.ts'
import { fact } from './fact-of.ts'

/** A read that is signed in its header, with other headers in place of those that were signed. */
async function readWith(bench: Bench, unsigned: Readonly<Record<string, string>>): Promise<Reply> {
  const reply = await bench.ask({
    ...{ method: 'GET', key: bench.newKey(), unsigned },
    ...{ signedIn: 'header', mayBeDenied: true },
  })
  // The replaced header breaks the signature as well.
  if (reply.code !== 'SignatureDoesNotMatch') return reply
  throw new NotChecked('OSS checks the signature first')
}

const otherPayload = shared(bench => readWith(bench, { 'x-oss-content-sha256': '0'.repeat(64) }))

export const brokenHeaderFacts: readonly Fact[] = [
  fact(
    'payloadHashCode',
    'a payload hash other than UNSIGNED-PAYLOAD',
    'InvalidArgument',
    async bench => {
      const reply = await otherPayload(bench)
      return reply.code || said(reply)
    },
  ),
  fact('F26', 'EC for a payload hash other than UNSIGNED-PAYLOAD', '0002-00000214', async bench => {
    const reply = await otherPayload(bench)
    return reply.ec || said(reply)
  }),
  fact('F24', 'a malformed Authorization header', '400 InvalidArgument', async bench =>
    said(await readWith(bench, { authorization: 'OSS4-HMAC-SHA256 malformed' })),
  ),
  fact('F27', 'a date that is not well formed', '403 AccessDenied', async bench =>
    said(await readWith(bench, { 'x-oss-date': 'yesterday' })),
  ),
  fact('F28', 'a V4 URL with a V4 Authorization header', '400 InvalidArgument', async bench =>
    said(
      await bench.ask({
        ...{ method: 'GET', key: bench.newKey(), mayBeDenied: true },
        unsigned: { authorization: 'OSS4-HMAC-SHA256 Credential=malformed' },
      }),
    ),
  ),
  fact('F120', 'a write with a subresource that does not exist', 'NotImplemented', async bench => {
    const query = { 'no-such-subresource': '' }
    const reply = await bench.ask({ method: 'PUT', key: bench.newKey(), query })
    return reply.code || said(reply)
  }),
]
