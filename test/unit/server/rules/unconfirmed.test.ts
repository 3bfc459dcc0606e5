// Every switch for an unconfirmed point of OSS does something, and its name is in the list.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  choose,
  type Unconfirmed,
  unconfirmedChoices,
  unconfirmedDefaults,
} from '../../../../src/server/rules/unconfirmed.ts'
import { startLocal, type TestRequest } from '../local.ts'

const bucket = 'examplebucket'

describe('switches', () => {
  it('have their first choice as default, and others', () => {
    for (const [name, choices] of Object.entries(unconfirmedChoices)) {
      expect(Reflect.get(unconfirmedDefaults, name)).toBe(choices[0])
      expect(new Set(choices).size).toBe(choices.length)
      expect(choices.length).toBeGreaterThan(1)
    }
    expect(choose(choices => choices.at(-1)!).lastModified).toBe('initiate')
  })

  const put = { method: 'PUT', bucket, key: 'key', body: '' }
  const cases: [Partial<Unconfirmed>, TestRequest, { status: number; code?: string }][] = [
    [{ leadingSlashKeys: 'allowed' }, { ...put, key: '/x' }, { status: 200 }],
    [
      { badTagKeyCode: 'InvalidTaggingKey' },
      { ...put, headers: { 'x-oss-tagging': '!=v' } },
      { status: 400, code: 'InvalidTaggingKey' },
    ],
    [{ zeroMaxKeys: 'empty' }, { bucket, query: 'max-keys=0' }, { status: 200 }],
    [
      { badContinuationToken: 'ignored' },
      { bucket, query: 'list-type=2&continuation-token=x' },
      { status: 200 },
    ],
    [{ oversizedPage: 'clamped' }, { bucket, query: 'uploads&max-uploads=5000' }, { status: 200 }],
    [
      { repeatedPutBucket: 'BucketAlreadyExists' },
      { method: 'PUT', bucket },
      { status: 409, code: 'BucketAlreadyExists' },
    ],
    [
      { oversizedMetadataCode: 'InvalidRequest' },
      { ...put, headers: { 'x-oss-meta-x': 'x'.repeat(9000) } },
      { status: 400, code: 'InvalidRequest' },
    ],
    [
      { badTagValueCode: 'InvalidTaggingKey' },
      { ...put, headers: { 'x-oss-tagging': 'k=!' } },
      { status: 400, code: 'InvalidTaggingKey' },
    ],
    [
      { deleteWithoutMd5: 'accepted' },
      {
        method: 'POST',
        bucket,
        query: 'delete',
        body: '<Delete><Object><Key>k</Key></Object></Delete>',
      },
      { status: 200 },
    ],
    [
      { payloadHashCode: 'AccessDenied' },
      { ...put, headers: { 'x-oss-content-sha256': 'x' } },
      { status: 403, code: 'AccessDenied' },
    ],
    [{ doubleSignature: 'header' }, { bucket, query: 'Signature=x' }, { status: 200 }],
  ]
  it.each(cases)('%j', async (unconfirmed, request, expected) => {
    const oss = await startLocal({ unconfirmed })
    expect(await oss.send(request)).toMatchObject(expected)
  })

  it.each([
    ['refused', 403],
    ['allowed', 200],
  ] as const)('anonymousListing: %s', async (anonymousListing, status) => {
    const oss = await startLocal({ unconfirmed: { anonymousListing } })
    const headers = { 'x-oss-acl': 'public-read' }
    await oss.send({ method: 'PUT', bucket, query: 'acl', headers })
    expect((await oss.send({ bucket, sign: 'none' })).status).toBe(status)
  })

  it('are each asked about somewhere', () => {
    const folder = new URL('../../../../src/server/', import.meta.url)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const sources = files
      .filter(name => name.endsWith('.ts') && name !== 'unconfirmed.ts')
      .map(name => readFileSync(new URL(name, folder), 'utf8'))
      .join('')
    const unused = Object.keys(unconfirmedChoices).filter(name => !sources.includes(name))
    expect(unused).toEqual([])
  })

  it('failedComplete: dead', async () => {
    const oss = await startLocal({ unconfirmed: { failedComplete: 'dead' } })
    const id = (await oss.send({ method: 'POST', bucket, key: 'key', query: 'uploads' })).field(
      'UploadId',
    )
    const complete = { method: 'POST', bucket, key: 'key', query: `uploadId=${id}`, body: '<x/>' }
    expect((await oss.send(complete)).code).toBe('MalformedXML')
    expect((await oss.send(complete)).code).toBe('NoSuchUpload')
  })

  it('tokenExpiry: also-at-end', async () => {
    const oss = await startLocal({ unconfirmed: { tokenExpiry: 'also-at-end' } })
    const signer = {
      accessKeyId: 'STS.x',
      accessKeySecret: 's',
      securityToken: 't',
      expiresAt: oss.clock.at + 1000,
    }
    oss.keys.add(signer)
    async function* slowly() {
      oss.clock.at += 2000
      yield Buffer.from('x')
    }
    const tamper: TestRequest['tamper'] = request => ({ ...request, body: slowly() })
    const answer = await oss.send({ ...put, body: 'x', signer, tamper })
    expect(answer).toMatchObject({ status: 403, code: 'SecurityTokenExpired' })
    expect((await oss.send({ method: 'HEAD', bucket, key: 'key' })).status).toBe(404)
  })
})
