// biome-ignore-all lint/suspicious/noTemplateCurlyInString: OSS writes its callback variables this way.
// Callbacks at Put and Complete. Numbers are those of docs/internals/oss-facts.md.

import { describe, expect, it } from 'vitest'
import type { CallbackRequest } from '../../../../src/server/request/callback-request.ts'
import { startLocal, type TestRequest } from '../local.ts'

const bucket = 'examplebucket'
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

async function put(
  headers: TestRequest['headers'],
  answer: (request: CallbackRequest) => Promise<string>,
) {
  const asked: CallbackRequest[] = []
  const oss = await startLocal({
    sendCallback: request => {
      asked.push(request)
      return answer(request)
    },
  })
  const sent = await oss.send({ method: 'PUT', bucket, key: 'a b', body: 'text', headers })
  const stored = await oss.send({ method: 'HEAD', bucket, key: 'a b' })
  return { asked, sent, stored }
}

describe('callbacks', () => {
  it('F95 fill in a form, and the answer becomes the client’s', async () => {
    const { asked, sent } = await put(
      {
        'x-oss-callback': base64({
          callbackUrl: 'http://127.0.0.1:1/hook',
          callbackHost: 'app.example.com',
          callbackBody: 'o=${object}&s=${size}&e=${etag}&u=${x:user}',
        }),
        'x-oss-callback-var': base64({ 'x:user': 'j&j' }),
      },
      async () => '{"ok":true}',
    )
    expect(asked).toEqual([
      {
        url: 'http://127.0.0.1:1/hook',
        host: 'app.example.com',
        contentType: 'application/x-www-form-urlencoded',
        body: 'o=a%20b&s=4&e=1CB251EC0D568DE6A929B520C4AED8D1&u=j%26j',
      },
    ])
    expect(sent).toMatchObject({ status: 200, text: '{"ok":true}' })
    expect(sent.headers).toMatchObject({
      'content-type': 'application/json',
      etag: '"1CB251EC0D568DE6A929B520C4AED8D1"',
    })
    expect(sent.headers['x-oss-hash-crc64ecma']).toBeTruthy()
  })

  it('F95 fill in JSON', async () => {
    const { asked } = await put(
      {
        'x-oss-callback': base64({
          callbackUrl: 'http://127.0.0.1:1/',
          callbackBody: '{"object":${object},"type":"${mimeType}","size":${size}}',
          callbackBodyType: 'application/json',
        }),
      },
      async () => '{}',
    )
    expect(JSON.parse(asked[0]!.body)).toEqual({
      object: 'a b',
      type: 'application/octet-stream',
      size: 4,
    })
  })

  it('F96 that fail at every URL leave the object stored', async () => {
    const { asked, sent, stored } = await put(
      { 'x-oss-callback': base64({ callbackUrl: 'http://a/;http://b/', callbackBody: 'x' }) },
      async () => {
        throw new Error('down')
      },
    )
    expect(asked.map(({ url }) => url)).toEqual(['http://a/', 'http://b/'])
    expect(sent).toMatchObject({ status: 203, code: 'CallbackFailed', ec: '0007-00000203' })
    expect(sent.headers.etag).toBe('"1CB251EC0D568DE6A929B520C4AED8D1"')
    expect(stored.status).toBe(200)
  })

  it.each([
    ['!!', 'not JSON'],
    [base64({ callbackUrl: 'http://a/' }), 'no body'],
    [base64({ callbackUrl: 'a;b;c;d;e;f', callbackBody: 'x' }), 'six URLs'],
    [
      base64({ callbackUrl: 'a', callbackBody: 'x', callbackBodyType: 'text/plain' }),
      'another type',
    ],
    ['x'.repeat(5121), 'too long'],
  ])('F97 are refused before anything is stored: %.20s (%s)', async callback => {
    const { sent, stored } = await put({ 'x-oss-callback': callback }, async () => '{}')
    expect(sent).toMatchObject({ status: 400, code: 'InvalidArgument' })
    expect(stored.status).toBe(404)
  })
})
