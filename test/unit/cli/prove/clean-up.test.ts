// What the bucket contains after prove, also after faults.

import { expect, test } from 'vitest'
import { cleanUp } from '../../../../src/cli/prove/clean-up.ts'
import { facts } from '../../../../src/cli/prove/facts/index.ts'
import { configure, contentOf, reportOf, withBench } from './local-bench.ts'

const states = ['none', 'Enabled', 'Suspended'] as const

test('a permission that is missing: its facts say so, the others are checked', async () => {
  await withBench({}, async (bench, oss) => {
    oss.faults.set([
      { kind: 'error', status: 403, code: 'AccessDenied', operations: ['CopyObject'] },
    ])
    const findings = await reportOf(bench)
    const refused = [...findings].filter(([, finding]) => finding.startsWith('not-permitted'))
    expect(refused.map(([id]) => id)).toEqual([
      'copyCrc',
      'multipartCopy',
      'F48',
      'F49',
      'F123',
      'F124',
    ])
    expect([...findings.values()].filter(finding => finding.startsWith('differs'))).toEqual([])
    expect(await cleanUp(bench)).toEqual([])
    expect(await contentOf(bench.bucket)).toEqual([])
  })
})

test('no permission to list: what the command knows is removed', async () => {
  await withBench({ versioning: 'Enabled' }, async (bench, oss) => {
    const operations = ['ListObjectVersions', 'ListMultipartUploads', 'GetBucketVersioning']
    oss.faults.set([{ kind: 'error', status: 403, code: 'AccessDenied', operations }])
    const which = facts.filter(({ id }) =>
      ['F13', 'F45', 'F62', 'F64', 'failedComplete'].includes(id),
    )
    await reportOf(bench, which)
    expect(await cleanUp(bench)).toEqual([])
    oss.faults.set([])
    expect(await contentOf(bench.bucket)).toEqual([])
  })
})

test.each(states)('versioning %s: what was below the prefix before stays', async versioning => {
  await withBench({ versioning }, async bench => {
    const { bucket } = bench
    for (const key of ['below/', 'below/folder', 'below/folder-2/a', 'below/folder.txt']) {
      await bucket.putObject({ key, body: 'mine' })
      await bucket.initiateMultipartUpload({ key })
    }
    const before = await contentOf(bucket)
    await reportOf(bench)
    expect(await cleanUp(bench)).toEqual([])
    expect(await contentOf(bucket)).toEqual(before)
  })
})

test.each(states)('versioning %s: answers that are lost leave nothing behind', async versioning => {
  await withBench({ versioning }, async (bench, oss) => {
    oss.faults.set([{ kind: 'lose-answer', rate: 0.3 }])
    await reportOf(bench)
    oss.faults.set([])
    expect(await cleanUp(bench)).toEqual([])
    expect(await contentOf(bench.bucket)).toEqual([])
  })
})

test.each(states)(
  'versioning %s: a clean-up that fails names all that is left; another one removes it',
  async versioning => {
    await withBench({ versioning }, async (bench, oss, again) => {
      await reportOf(bench)
      const operations = ['DeleteObject', 'AbortMultipartUpload']
      oss.faults.set([{ kind: 'error', status: 403, code: 'AccessDenied', operations }])
      const left = await cleanUp(bench)
      const content = await contentOf(bench.bucket)
      const shown = left.filter(
        ({ id, kind }) => kind === 'object' || content.some(entry => entry.includes(`>${id}<`)),
      )
      expect(content.length).toBeGreaterThan(50)
      expect(new Set(left.map(({ kind }) => kind))).toEqual(
        new Set(['upload', versioning === 'none' ? 'object' : 'version']),
      )
      expect(shown.length).toBeGreaterThanOrEqual(content.length)
      oss.faults.set([])
      expect(await cleanUp(again())).toEqual([])
      expect(await contentOf(bench.bucket)).toEqual([])
    })
  },
)

test('overwrite rules: no fact differs, and facts that would overwrite say why', async () => {
  await withBench({}, async bench => {
    const rule = '<Rule><ID>1</ID><Action>forbid</Action><Prefix>below/</Prefix></Rule>'
    const document = `<OverwriteConfiguration>${rule}</OverwriteConfiguration>`
    await configure(bench.bucket, 'overwriteConfig', document)
    const findings = [...(await reportOf(bench))]
    expect(findings.filter(([, finding]) => finding.startsWith('differs'))).toEqual([])
    expect(Object.fromEntries(findings)).toMatchObject({
      F64: 'not-checked: an overwrite rule of the bucket forbids it',
      F116: 'not-checked: this bucket has overwrite rules',
    })
    expect(await cleanUp(bench)).toEqual([])
    expect(await contentOf(bench.bucket)).toEqual([])
  })
})
