// Every numbered fact and every switch has a check, or a reason why it has none. Checks report the value of
// their switch: each is flipped. Answers that say nothing make no fact hold.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { cleanUp } from '../../../../src/cli/prove/clean-up.ts'
import { facts, unchecked } from '../../../../src/cli/prove/facts/index.ts'
import { Bucket, nodeTransport } from '../../../../src/runtimes/node/index.ts'
import { unconfirmedChoices } from '../../../../src/server/rules/unconfirmed.ts'
import { benchOf, contentOf, reportOf, withBench } from './local-bench.ts'

const choices: Readonly<Record<string, readonly string[]>> = unconfirmedChoices
const switches = facts.filter(({ id }) => Object.hasOwn(choices, id))

test('each fact of the page and each switch is checked or has a reason, once', () => {
  const page = readFileSync(
    new URL('../../../../docs/internals/oss-facts.md', import.meta.url),
    'utf8',
  )
  const numbered = [...page.matchAll(/^\| (F\d+) \|/gm)].map(([, id = '']) => id)
  const known = [...facts, ...unchecked].map(({ id }) => id)
  expect(known.toSorted()).toEqual([...numbered, ...Object.keys(choices)].toSorted())
})

/** Facts that need a bucket of another kind. */
const needs = {
  none: ['F13', 'F55', 'F72', 'F101', 'F123'],
  Enabled: 'copyDeleteMarker F103 F105 F106 F107 F109 F110 F111 F112 F113'.split(' '),
  Suspended: ['F115'],
  versioning: ['deleteAbsentVersioned', 'F104'],
  publicRead: ['anonymousListing'],
}

test.each([
  ['none', [...needs.Enabled, ...needs.Suspended, ...needs.versioning, ...needs.publicRead]],
  ['Enabled', [...needs.none, ...needs.Suspended, ...needs.publicRead]],
  ['Suspended', [...needs.none, ...needs.Enabled, ...needs.publicRead]],
] as const)('versioning %s: the defaults hold, and nothing is left', async (versioning, others) => {
  await withBench({ versioning }, async bench => {
    const findings = await reportOf(bench)
    for (const { id, expected } of facts) {
      const finding = findings.get(id)
      if ((others as readonly string[]).includes(id))
        expect([id, finding]).toEqual([
          id,
          expect.stringMatching(/^not-checked: .*(versioning|public-read)/),
        ])
      else expect([id, finding]).toEqual([id, `holds: ${expected}`])
    }
    expect(await cleanUp(bench)).toEqual([])
    expect(await contentOf(bench.bucket)).toEqual([])
  })
})

test.each(
  switches.flatMap(fact =>
    (choices[fact.id] ?? []).map((choice, index) => [fact.id, choice, index, fact] as const),
  ),
)('%s: %s shows in the report', async (id, choice, index, fact) => {
  const versioning = [...needs.Enabled, ...needs.versioning].includes(id) ? 'Enabled' : 'none'
  const acl = needs.publicRead.includes(id) ? 'public-read' : 'private'
  const buckets = [{ name: 'examplebucket', acl } as const]
  await withBench({ unconfirmed: { [id]: choice }, versioning, buckets }, async bench => {
    const findings = await reportOf(bench, [fact])
    expect(findings.get(id)).toBe(`${index === 0 ? 'holds' : 'differs'}: ${choice}`)
    expect(await cleanUp(bench)).toEqual([])
    expect(await contentOf(bench.bucket)).toEqual([])
  })
})

test('each fact fails to hold against a server that accepts or refuses everything', async () => {
  const held = new Map<string, number>()
  for (const [status, document] of [
    [200, ''],
    [418, '<Error><Code>Teapot</Code></Error>'],
  ] as const) {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end(document))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const transport = nodeTransport()
    const credentials = { accessKeyId: 'id', accessKeySecret: 'secret' }
    const endpoint = `http://127.0.0.1:${port}`
    const bucket = new Bucket({
      name: 'examplebucket',
      endpoint,
      region: 'cn-hangzhou',
      credentials,
    })
    const findings = await reportOf(benchOf(bucket, credentials, transport))
    for (const [id, finding] of findings) {
      if (finding.startsWith('holds')) held.set(id, (held.get(id) ?? 0) + 1)
    }
    transport.close()
    server.closeAllConnections()
    server.close()
  }
  expect([...held].filter(([, times]) => times > 1)).toEqual([])
})
