// Every numbered fact and every switch has a check, or a reason why it has none. Checks report the value of
// their switch: each is flipped.

import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { Bench } from '../../../../src/cli/prove/bench.ts'
import { examineFacts } from '../../../../src/cli/prove/examine.ts'
import { facts, unchecked } from '../../../../src/cli/prove/facts/index.ts'
import { Bucket, nodeTransport } from '../../../../src/runtimes/node/index.ts'
import { type ServeOptions, serve } from '../../../../src/server/index.ts'
import { unconfirmedChoices } from '../../../../src/server/rules/unconfirmed.ts'

const choices: Readonly<Record<string, readonly string[]>> = unconfirmedChoices
const switches = facts.filter(({ id }) => Object.hasOwn(choices, id))
const transport = nodeTransport()
afterAll(() => transport.close())

test('each fact of the page and each switch is checked or has a reason, once', () => {
  const page = readFileSync(
    new URL('../../../../docs/internals/oss-facts.md', import.meta.url),
    'utf8',
  )
  const numbered = [...page.matchAll(/^\| (F\d+) \|/gm)].map(([, id = '']) => id)
  const known = [...facts, ...unchecked].map(({ id }) => id)
  expect(known.toSorted()).toEqual([...numbered, ...Object.keys(choices)].toSorted())
})

async function report(options: ServeOptions, which = facts, versioning = false) {
  const { signal } = new AbortController()
  const oss = await serve({ buckets: ['examplebucket'], ...options })
  const { endpoint, region, key: credentials } = oss
  const bucket = new Bucket({ name: 'examplebucket', endpoint, region, credentials })
  try {
    if (versioning) {
      const status = '<Status>Enabled</Status>'
      await bucket.client.call({
        operation: 'PutBucketVersioning',
        method: 'PUT',
        query: { versioning: '' },
        body: Buffer.from(`<VersioningConfiguration>${status}</VersioningConfiguration>`),
      })
    }
    const bench = new Bench(bucket, transport, 'below/', signal)
    const findings = new Map<string, string>()
    for await (const { id, state, observed, reason } of examineFacts(which, bench, signal)) {
      findings.set(id, state === 'not-checked' ? `${state}: ${reason}` : `${state}: ${observed}`)
    }
    expect(await bench.cleanUp()).toBe(0)
    expect((await bucket.listObjects()).objects).toEqual([])
    expect((await bucket.listMultipartUploads()).uploads).toEqual([])
    if (versioning) await bucket.deleteBucket()
    return findings
  } finally {
    await oss.close()
  }
}

const needVersions = ['deleteAbsentVersioned', 'F104']

test('the defaults hold', async () => {
  const findings = await report({})
  for (const { id, expected } of facts) {
    const skipped = 'not-checked: versioning is not enabled in this bucket'
    expect([id, findings.get(id)]).toEqual([
      id,
      needVersions.includes(id) ? skipped : `holds: ${expected}`,
    ])
  }
})

test.each(
  switches.flatMap(fact =>
    (choices[fact.id] ?? []).map((choice, index) => [fact.id, choice, index, fact] as const),
  ),
)('%s: %s shows in the report', async (id, choice, index, fact) => {
  const unconfirmed = { [id]: choice }
  const findings = await report({ unconfirmed }, [fact], needVersions.includes(id))
  expect(findings.get(id)).toBe(`${index === 0 ? 'holds' : 'differs'}: ${choice}`)
})

test('with versioning, the facts about it hold, and no version is left', async () => {
  const findings = await report({}, facts, true)
  const skipped = 'not-checked: versioning is enabled or suspended in this bucket'
  for (const { id, expected } of facts) {
    expect([id, findings.get(id)]).toEqual([id, id === 'F13' ? skipped : `holds: ${expected}`])
  }
})
