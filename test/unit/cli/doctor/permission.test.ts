// What happens on the way that the local OSS does not do: refusals of the real one, and answers that are lost.

import { expect, test } from 'vitest'
import type { Finding } from '../../../../src/cli/doctor/check.ts'
import { permission } from '../../../../src/cli/doctor/checks/permission.ts'
import { exitCodeOf } from '../../../../src/cli/errors/exit-codes.ts'
import { NetworkError } from '../../../../src/runtimes/node/index.ts'
import { begun, error, scripted, uploads } from './scripted-bucket.ts'

const earlier = new Map<string, Finding[]>()

test.each([
  [400, 'PublicEndpointForbidden', 8, /custom domain/],
  [403, 'AccessDenied', 8, /permission/],
  [403, 'UserDisable', 8, /suspended/],
])('Initiate refused with %d %s: nothing more is tried', async (status, code, exitCode, hints) => {
  const { asked, world } = scripted(() => [status, error(code)])
  const [finding, ...others] = [await permission.run(world, earlier)].flat()
  expect(others).toEqual([])
  expect(finding).toMatchObject({ state: 'problem', facts: { action: 'oss:PutObject', code } })
  expect(finding?.hints?.join()).toMatch(hints)
  expect(exitCodeOf(finding?.error)).toBe(exitCode)
  expect(asked).toEqual(['POST uploads'])
})

test('an answer to Initiate that is lost: what it began is found and given up', async () => {
  const lost = new NetworkError('CONNECTION_LOST', 'lost', { sent: 'maybe' })
  const { asked, world } = scripted((what, { times }) => {
    if (what === 'POST uploads') return lost
    if (what === 'GET uploads') return [200, uploads]
    return times === 1 ? [204, ''] : [404, error('NoSuchUpload')]
  })
  await expect(permission.run(world, earlier)).rejects.toBe(lost)
  expect(asked).toEqual(['POST uploads', 'GET uploads', 'DELETE uploadId', 'DELETE uploadId'])
})

test('a connection that is lost later gives the upload up all the same', async () => {
  const lost = new NetworkError('CONNECTION_LOST', 'lost', { sent: 'maybe' })
  const { asked, world } = scripted(what => {
    if (what === 'POST uploads') return [200, begun]
    return what.startsWith('DELETE') ? [404, error('NoSuchUpload')] : lost
  })
  await expect(permission.run(world, earlier)).rejects.toBe(lost)
  expect(asked.at(-1)).toBe('DELETE uploadId')
})

test('where versions are kept, nothing is deleted to see whether it can be', async () => {
  const { asked, world } = scripted(what => {
    if (what === 'POST uploads') return [200, begun]
    if (what === 'DELETE uploadId') return [404, error('NoSuchUpload')]
    return what === 'PUT partNumber,uploadId' ? [200, ''] : [404, error('NoSuchKey')]
  })
  const versioned = new Map<string, Finding[]>([
    ['bucket', [{ state: 'ok', summary: '', facts: { versioning: 'Enabled' } }]],
  ])
  const found = [await permission.run(world, versioned)].flat()
  expect(found.at(-1)).toMatchObject({ state: 'skipped', facts: { action: 'oss:DeleteObject' } })
  expect(asked).not.toContain('DELETE ')
})

test('a server that is ill says nothing of permissions', async () => {
  const { asked, world } = scripted(what => {
    if (what === 'POST uploads') return [200, begun]
    if (what === 'DELETE uploadId') return [404, error('NoSuchUpload')]
    return [503, error('ServiceUnavailable')]
  })
  await expect(permission.run(world, earlier)).rejects.toMatchObject({ code: 'ServiceUnavailable' })
  expect(asked.at(-1)).toBe('DELETE uploadId')
})

test('what an earlier check left is aborted, by the time of OSS; nothing else is', async () => {
  const found = (name: string, uploadId: string, minutes: number) => {
    const at = new Date(Date.UTC(2020, 0, 1, 12, -minutes)).toISOString()
    return `<Upload><Key>dir/${name}</Key><UploadId>${uploadId}</UploadId><Initiated>${at}</Initiated></Upload>`
  }
  const list = [
    found('.ossup-doctor-0123456789ab', 'OLD', 11),
    found('.ossup-doctor-0123456789ac', 'YOUNG', 10),
    found('.ossup-doctor-0123456789ab.txt', 'LONGER', 99),
    found('.ossup-doctor-x/.ossup-doctor-0123456789ab', 'BELOW', 99),
    found('.ossup-doctor-notes', 'NAMED', 99),
    found('.ossup-doctor-a1b2', 'U1', 0),
  ]
  const prefixes: (string | null)[] = []
  const aborted: (string | null)[] = []
  const { world } = scripted((what, { query }) => {
    if (what === 'POST uploads') return [200, begun]
    if (what === 'PUT partNumber,uploadId') return [200, '']
    if (what === 'GET uploads') {
      prefixes.push(query.get('prefix'))
      const all = `<IsTruncated>false</IsTruncated>${list.join('')}`
      return [200, `<ListMultipartUploadsResult>${all}</ListMultipartUploadsResult>`]
    }
    if (what !== 'DELETE uploadId') return [404, error('NoSuchKey')]
    aborted.push(query.get('uploadId'))
    return [404, error('NoSuchUpload')]
  })
  const findings = [await permission.run(world, earlier)].flat()
  expect(prefixes).toEqual(['dir/.ossup-doctor-'])
  expect(aborted).toEqual(['U1', 'OLD'])
  expect(findings.find(({ facts }) => facts?.action === 'oss:AbortMultipartUpload')).toMatchObject({
    state: 'ok',
    summary: expect.stringContaining('an upload that an earlier check left behind'),
    facts: {
      tidied: [{ bucket: 'examplebucket', key: 'dir/.ossup-doctor-0123456789ab', uploadId: 'OLD' }],
    },
  })
})
