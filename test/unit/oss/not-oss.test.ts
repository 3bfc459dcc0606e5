// Answers that are not OSS's, or not as OSS sends them: other servers, proxies that compress, pages, echoes.

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { NetworkError, OssError } from '../../../src/errors.ts'
import { abortMultipartUpload } from '../../../src/oss/abort-multipart-upload.ts'
import { OssClient } from '../../../src/oss/client.ts'
import { completeMultipartUpload } from '../../../src/oss/complete-multipart-upload.ts'
import { deleteObject } from '../../../src/oss/delete-object.ts'
import { resolveAddress } from '../../../src/oss/endpoint.ts'
import { getObject } from '../../../src/oss/get-object.ts'
import { headObject } from '../../../src/oss/head-object.ts'
import { initiateMultipartUpload } from '../../../src/oss/initiate-multipart-upload.ts'
import { listMultipartUploads } from '../../../src/oss/list-multipart-uploads.ts'
import { listObjects } from '../../../src/oss/list-objects.ts'
import { listParts } from '../../../src/oss/list-parts.ts'
import type { AnswerProof } from '../../../src/oss/proof.ts'
import { putBucket } from '../../../src/oss/put-bucket.ts'
import { putObject } from '../../../src/oss/put-object.ts'
import { uploadPart } from '../../../src/oss/upload-part.ts'
import { isInDoubt, remedyFor } from '../../../src/schedule/retryable.ts'
import {
  fixedClock,
  type ScriptedAnswer,
  scriptedTransport,
  startedAt,
} from './scripted-transport.ts'

const key = 'k'
const uploadId = 'U'
const body = new Uint8Array(3)
const token = 'CAIS+token/of&a<session>=='

const operations: [name: string, run: (client: OssClient) => Promise<unknown>][] = [
  ['PutObject', client => putObject(client, { key, body })],
  ['UploadPart', client => uploadPart(client, { key, uploadId, partNumber: 1, body })],
  ['InitiateMultipartUpload', client => initiateMultipartUpload(client, { key })],
  [
    'CompleteMultipartUpload',
    client => completeMultipartUpload(client, { key, uploadId, parts: [] }),
  ],
  ['AbortMultipartUpload', client => abortMultipartUpload(client, { key, uploadId })],
  ['DeleteObject', client => deleteObject(client, { key })],
  ['HeadObject', client => headObject(client, { key })],
  ['GetObject', client => getObject(client, { key })],
  ['ListObjects', client => listObjects(client)],
  ['ListParts', client => listParts(client, { key, uploadId })],
  ['ListMultipartUploads', client => listMultipartUploads(client)],
  ['PutBucket', client => putBucket(client)],
]

function clientOf(answer: ScriptedAnswer, proof?: AnswerProof) {
  // An answer as it is, without what the script adds.
  const script = scriptedTransport(answer)
  const transport = {
    ...script,
    send: async (...given: Parameters<typeof script.send>) => {
      const response = await script.send(...given)
      return { ...response, headers: { ...answer.headers } }
    },
  }
  return new OssClient({
    address: resolveAddress({ name: 'bucket', region: 'cn-hangzhou' }),
    transport,
    signer: {
      sign: () => ({
        authorization: `OSS4-HMAC-SHA256 Credential=id/x,Signature=${'5ec2e7'.repeat(8)}`,
        'x-oss-security-token': token,
      }),
    },
    clock: fixedClock(startedAt),
    proof,
  })
}

const page = '<!doctype html><title>Our shop</title><p>Welcome'
const shop: ScriptedAnswer = {
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-length': String(page.length),
    etag: '"26-18c9a"',
    'last-modified': 'Thu, 02 Jan 2025 03:04:05 GMT',
    server: 'nginx/1.2',
  },
  body: page,
}

describe.each(operations)('%s', (operation, run) => {
  test('a page of a web server is no success, and the error says what answered', async () => {
    const error: unknown = await run(clientOf(shop)).catch(thrown => thrown)
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ code: 'NOT_OSS', operation, sent: 'maybe', retryable: true })
    expect(String(error)).toContain('200, text/html, "Our shop", server nginx/1.2')
    expect(String(error)).toContain('Check the endpoint')
  })

  test.each([204, 200])('status %i without anything is no success', async status => {
    await expect(run(clientOf({ status }))).rejects.toMatchObject({ code: 'NOT_OSS' })
  })

  test('an empty request id is none', async () => {
    const headers = { ...shop.headers, 'x-oss-request-id': '' }
    await expect(run(clientOf({ headers }))).rejects.toMatchObject({ code: 'NOT_OSS' })
  })

  test('an error document under 200 is that error', async () => {
    if (operation === 'GetObject') return
    const answer = {
      headers: { ...shop.headers, 'x-oss-request-id': 'R' },
      body: '<?xml version="1.0"?>\n<Error><Code>InternalError</Code></Error>',
    }
    const error: unknown = await run(clientOf(answer)).catch(thrown => thrown)
    expect(error).toBeInstanceOf(OssError)
    expect(error).toMatchObject({ code: 'InternalError', status: 200, requestId: 'R' })
    expect(remedyFor(error)).toBe('again')
    expect(isInDoubt(error)).toBe(true)
  })

  test('an error that a proxy compressed is read', async () => {
    const document = '<Error><Code>SecurityTokenExpired</Code><Message>m</Message></Error>'
    const answer = {
      status: 403,
      headers: { 'content-encoding': 'gzip', 'x-oss-request-id': 'R' },
      body: [new Uint8Array(gzipSync(document))],
    }
    await expect(run(clientOf(answer))).rejects.toMatchObject({ code: 'SecurityTokenExpired' })
  })

  test('an answer that quotes the request shows neither token nor signature', async () => {
    const echoes = [
      token,
      encodeURIComponent(token),
      token.replace(/[<&]/g, ''),
      Buffer.from(token).toString('base64'),
      '5ec2e7'.repeat(8),
    ]
    const said = echoes.map(text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
    const filler = 'x'.repeat(1990)
    const answer = {
      status: 403,
      headers: {},
      body: `<Error><Code>AccessDenied</Code><Message>you sent ${said.join(' ')}</Message><Dump>${filler} ${said[0]}</Dump></Error>`,
    }
    const error: unknown = await run(clientOf(answer)).catch(thrown => thrown)
    const shown = `${String(error)} ${JSON.stringify(error)}`
    expect(shown).toContain('AccessDenied')
    for (const secret of [...echoes, token.slice(0, 12)]) expect(shown).not.toContain(secret)
  })
})

describe('a page that says little', () => {
  test('the title is one line and short, and a redirect shows its origin only', async () => {
    const portal = {
      status: 302,
      headers: {
        location: 'http://portal.example/login?session=hunter2',
        'content-type': 'text/html',
      },
      body: `<TITLE>Please\n  sign in ${'x'.repeat(500)}</TITLE>`,
    }
    const error: unknown = await deleteObject(clientOf(portal), { key }).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'BadErrorResponse', status: 302 })
    const { message } = error as OssError
    expect(message).toContain('302, text/html, "Please sign in xxx')
    expect(message).toContain('redirects to http://portal.example')
    expect(message).not.toContain('hunter2')
    expect(message.length).toBeLessThan(400)
  })
})

describe('in a page, where CORS may hide the request id', () => {
  const proof = 'trace'

  test.each([
    ['the request id', { 'x-oss-request-id': 'R', 'content-length': '0' }],
    ['an exposed ETag', { etag: '"E"', 'content-length': '0' }],
    ['an exposed CRC-64', { 'x-oss-hash-crc64ecma': '5', 'content-length': '0' }],
  ])('%s proves it', async (_, headers) => {
    await deleteObject(clientOf({ headers }, proof), { key })
  })

  test('so does a body that is what OSS sends', async () => {
    const xml =
      '<InitiateMultipartUploadResult><UploadId>U</UploadId></InitiateMultipartUploadResult>'
    const begun = await initiateMultipartUpload(clientOf({ headers: {}, body: xml }, proof), {
      key,
    })
    expect(begun).toMatchObject({ uploadId: 'U' })
  })

  test('a page is no proof, and an answer without a trace has to be confirmed', async () => {
    const { etag: _, ...headers } = { ...shop.headers }
    const listing = listObjects(clientOf({ ...shop, headers }, proof))
    await expect(listing).rejects.toMatchObject({ code: 'BAD_ANSWER' })
    const abort = abortMultipartUpload(clientOf({ status: 204 }, proof), { key, uploadId })
    await expect(abort).rejects.toMatchObject({ code: 'NOT_OSS', sent: 'maybe' })
  })
})

describe('small things that proxies do', () => {
  const from = (headers: Record<string, string>) => ({
    headers: { 'x-oss-request-id': 'R', ...headers },
  })

  test('a weak ETag is the ETag', async () => {
    const part = uploadPart(clientOf(from({ etag: 'W/"ABC"' })), {
      key,
      uploadId,
      partNumber: 1,
      body,
    })
    await expect(part).resolves.toMatchObject({ etag: 'ABC' })
  })

  test('a success that is compressed is read', async () => {
    const xml =
      '<InitiateMultipartUploadResult><UploadId>U</UploadId></InitiateMultipartUploadResult>'
    const answer = {
      ...from({ 'content-encoding': 'gzip' }),
      body: [new Uint8Array(gzipSync(xml))],
    }
    const begun = await initiateMultipartUpload(clientOf(answer), { key })
    expect(begun.uploadId).toBe('U')
  })

  test('what calls itself compressed and is not, or is a bomb, is a BAD_ANSWER', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(64 * 1024 ** 2)))
    for (const bytes of [Uint8Array.of(1, 2, 3), bomb]) {
      const answer = { ...from({ 'content-encoding': 'gzip' }), body: [bytes] }
      const begun = initiateMultipartUpload(clientOf(answer), { key })
      await expect(begun).rejects.toMatchObject({ code: 'BAD_ANSWER' })
    }
  })

  test.each([
    ['12', 12_000],
    ['Thu, 02 Jan 2025 03:04:15 GMT', 10_000],
    ['Thu, 02 Jan 2025 03:04:00 GMT', 0],
    ['soon', undefined],
  ])('Retry-After: %s', async (value, retryAfterMs) => {
    const answer = {
      status: 503,
      headers: { 'retry-after': value, date: 'Thu, 02 Jan 2025 03:04:05 GMT' },
    }
    await expect(listObjects(clientOf(answer))).rejects.toMatchObject({ retryAfterMs })
  })
})
