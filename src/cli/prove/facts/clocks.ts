// Signatures whose time is not what OSS expects.

import type { Bench } from '../bench.ts'
import { said } from '../exchange.ts'
import type { Fact } from '../fact.ts'
import { fact } from './fact-of.ts'

const hourMs = 3_600_000

const ask = (bench: Bench, clockMs: number, signedIn: 'url' | 'header', headers = {}) =>
  bench.ask({
    ...{ method: 'GET', key: bench.newKey(), headers, clockMs, signedIn },
    mayBeDenied: true,
  })

export const clockFacts: readonly Fact[] = [
  fact('F23', 'a clock that is an hour behind', '403 RequestTimeTooSkewed', async bench =>
    said(await ask(bench, -hourMs, 'header')),
  ),
  fact(
    'F30',
    'a V4 URL: expired, and too early',
    '403 AccessDenied, 403 AccessDenied',
    async bench => {
      const expired = await ask(bench, -hourMs, 'url')
      return `${said(expired)}, ${said(await ask(bench, hourMs, 'url'))}`
    },
  ),
  fact('datePrecedence', 'x-oss-date and another Date', 'x-oss-date', async bench => {
    const date = new Date(bench.bucket.now() - hourMs).toUTCString()
    const { status, code } = await ask(bench, 0, 'header', { date })
    // A signature that is accepted leads to the key, which does not exist.
    if (code === 'NoSuchKey') return 'x-oss-date'
    return status === 403 ? 'date' : code
  }),
]
