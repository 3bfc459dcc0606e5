// Signatures whose time or hash is not what OSS expects.

import { isOssupError } from '../../../runtimes/node/index.ts'
import type { Bench } from '../bench.ts'
import { said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { NotPermitted } from '../not-checked.ts'
import { fact } from './fact-of.ts'

const hourMs = 3_600_000

/** Signs as a machine does whose clock is off. */
async function withClock<T>(bench: Bench, hours: number, work: () => Promise<T>): Promise<T> {
  const { client } = bench.bucket
  const offset = client.clockOffset
  client.correctClock(client.now() + hours * hourMs)
  try {
    return await work()
  } finally {
    client.correctClock(client.now() - client.clockOffset + offset)
  }
}

/** The code of the answer to a HEAD that is signed in its header; `200` if it is not refused. */
async function signedInHeader(bench: Bench, key: string, headers = {}): Promise<string> {
  bench.countRequest()
  try {
    await bench.bucket.client.call({ operation: 'HeadObject', method: 'HEAD', key, headers })
    return '200'
  } catch (error) {
    if (isOssupError(error)) return error.code
    throw error
  }
}

async function stored(bench: Bench): Promise<string> {
  const key = bench.newKey()
  await bench.store(key, '')
  const code = await signedInHeader(bench, key)
  if (code !== '200') throw new NotPermitted()
  return key
}

const signedUrl = (bench: Bench, hours: number) =>
  withClock(bench, hours, async () =>
    said(await bench.ask({ method: 'GET', key: bench.newKey(), mayBeDenied: true })),
  )

export const clockFacts: readonly Fact[] = [
  fact('F23', 'a clock that is an hour behind', 'RequestTimeTooSkewed', async bench => {
    const key = await stored(bench)
    return withClock(bench, -1, () => signedInHeader(bench, key))
  }),
  fact(
    'F30',
    'a V4 URL that has expired, and one that is too early',
    '403 AccessDenied, 403 AccessDenied',
    async bench => `${await signedUrl(bench, -1)}, ${await signedUrl(bench, 1)}`,
  ),
  fact('datePrecedence', 'x-oss-date and another Date', 'x-oss-date', async bench => {
    const key = await stored(bench)
    const date = new Date(bench.bucket.client.now() - hourMs).toUTCString()
    return (await signedInHeader(bench, key, { date })) === '200' ? 'x-oss-date' : 'date'
  }),
]
