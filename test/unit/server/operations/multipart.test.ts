// Uploads in parts, from Initiate to Complete or Abort. Numbers are those of docs/internals/oss-facts.md.

import { beforeEach, describe, expect, it } from 'vitest'
import { children, text } from '../../../../src/xml/parse.ts'
import { build, type Local, startLocal, type TestAnswer, type TestRequest } from '../local.ts'

const bucket = 'examplebucket'
const key = 'multipart.data'
const sizeMin = 102_400

let oss: Local
beforeEach(async () => {
  oss = await startLocal()
})

async function initiate(headers: TestRequest['headers'] = {}): Promise<string> {
  const answer = await oss.send({ method: 'POST', bucket, key, query: 'uploads', headers })
  return answer.field('UploadId') ?? ''
}

const part = (
  id: string,
  number: number | string,
  body: string | Buffer,
  headers: TestRequest['headers'] = {},
) =>
  oss.send({
    method: 'PUT',
    bucket,
    key,
    query: `partNumber=${number}&uploadId=${id}`,
    body,
    headers,
  })

const list = (parts: readonly (readonly [number, string])[]) =>
  `<CompleteMultipartUpload>${parts
    .map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
    .join('')}</CompleteMultipartUpload>`

const complete = (id: string, body: string, headers: TestRequest['headers'] = {}) =>
  oss.send({ method: 'POST', bucket, key, query: `uploadId=${id}`, body, headers })

const listParts = (id: string, query = '') =>
  oss.send({ bucket, key, query: `uploadId=${id}${query}` })
const abort = (id: string) => oss.send({ method: 'DELETE', bucket, key, query: `uploadId=${id}` })
const etagOf = (answer: TestAnswer) => answer.headers.etag ?? ''
const get = () => oss.send({ bucket, key })

describe('an upload', () => {
  it('F60 starts another upload with every Initiate and touches nothing', async () => {
    const ids = [await initiate(), await initiate()]
    for (const id of ids) expect(id).toMatch(/^[0-9A-F]{32}$/)
    expect(ids[0]).not.toBe(ids[1])
    expect((await get()).code).toBe('NoSuchKey')
  })

  it('F77 starts under any conditions', async () => {
    const headers = { 'if-modified-since': 'Sun, 10 Jan 2049 23:00:00 GMT', 'if-match': '"x"' }
    const answer = await oss.send({ method: 'POST', bucket, key, query: 'uploads', headers })
    expect(answer.status).toBe(200)
  })

  it('F61 becomes the parts listed, in any order sent, the ETag and CRC computed from theirs', async () => {
    const id = await initiate({
      'content-type': 'x/y',
      'x-oss-meta-a': '1',
      'x-oss-tagging': 'a=b',
    })
    const [c, a, b] = [
      await part(id, 9, 'C'.repeat(7)),
      await part(id, 1, 'A'.repeat(sizeMin)),
      await part(id, 3, 'B'.repeat(2 * sizeMin)),
    ]
    await part(id, 4, 'dropped')
    expect(etagOf(a)).toBe('"17FEA6E97583648E493E6D8BCD54C8F4"')
    expect(a.headers['x-oss-hash-crc64ecma']).toBe('9427277473487083924')
    const unquoted = etagOf(b).replaceAll('"', '').toLowerCase()
    const escaped = etagOf(c).replaceAll('"', '&#34;')
    const answer = await complete(
      id,
      list([
        [1, etagOf(a)],
        [3, unquoted],
        [9, escaped],
      ]),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      etag: '"3179036C1ACF38784347BD9154FAD58B-3"',
      'x-oss-hash-crc64ecma': '12775066394686703428',
    })
    expect(answer.field('Location')).toBe(`http://${bucket}.oss-cn-hangzhou.aliyuncs.com/${key}`)
    expect(answer.field('ETag')).toBe('"3179036C1ACF38784347BD9154FAD58B-3"')
    const object = await get()
    expect(object.text).toBe('A'.repeat(sizeMin) + 'B'.repeat(2 * sizeMin) + 'C'.repeat(7))
    expect(object.headers).toMatchObject({
      'x-oss-object-type': 'Multipart',
      'content-type': 'x/y',
      'x-oss-meta-a': '1',
      'x-oss-tagging-count': '1',
      'x-oss-hash-crc64ecma': '12775066394686703428',
    })
    expect(object.headers['content-md5']).toBeUndefined()
  })

  it('F62 is dead after Complete and after Abort', async () => {
    const completed = await initiate()
    const first = await part(completed, 1, 'x')
    expect((await complete(completed, list([[1, etagOf(first)]]))).status).toBe(200)
    const aborted = await initiate()
    await part(aborted, 1, 'x')
    expect(await abort(aborted)).toMatchObject({ status: 204, text: '' })
    for (const id of [completed, aborted, 'unheard-of']) {
      const answers = [
        await complete(id, list([])),
        await part(id, 1, 'x'),
        await listParts(id),
        await abort(id),
      ]
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 404, code: 'NoSuchUpload' })
        expect(answer.field('UploadId')).toBe(id)
      }
      expect(answers.map(({ ec }) => ec)).toEqual([
        '0042-00000002',
        '0042-00000104',
        '0042-00000002',
        '0042-00000002',
      ])
    }
  })

  it('F62 belongs to its key', async () => {
    const id = await initiate()
    const query = `partNumber=1&uploadId=${id}`
    const answer = await oss.send({ method: 'PUT', bucket, key: 'other', query, body: 'x' })
    expect(answer).toMatchObject({ status: 404, code: 'NoSuchUpload' })
  })

  it('F63 takes a part again in place of the first', async () => {
    const id = await initiate()
    const old = await part(id, 1, 'old')
    const fresh = await part(id, 1, 'fresh')
    expect((await complete(id, list([[1, etagOf(old)]]))).code).toBe('InvalidPart')
    expect((await complete(id, list([[1, etagOf(fresh)]]))).status).toBe(200)
    expect((await get()).text).toBe('fresh')
  })

  it('F64 lives beside others of its key; the last completed wins', async () => {
    const [one, two] = [await initiate(), await initiate()]
    const [first, second] = [await part(one, 1, 'one'), await part(two, 1, 'two')]
    await complete(two, list([[1, etagOf(second)]]))
    await complete(one, list([[1, etagOf(first)]]))
    expect((await get()).text).toBe('one')
  })

  it('F65 without parts completes to an empty object', async () => {
    expect((await complete(await initiate(), list([]))).status).toBe(200)
    expect((await get()).headers['content-length']).toBe('0')
  })

  it('F66 completes with all parts on demand', async () => {
    const id = await initiate()
    const [, first] = [await part(id, 2, 'b'), await part(id, 1, 'A'.repeat(sizeMin))]
    const all = { 'x-oss-complete-all': 'yes' }
    expect(await complete(id, list([[1, etagOf(first)]]), all)).toMatchObject({
      code: 'InvalidArgument',
      ec: '0042-00000216',
    })
    expect((await complete(id, '', all)).status).toBe(200)
    expect((await get()).text).toBe(`${'A'.repeat(sizeMin)}b`)
  })
})

describe('parts', () => {
  it.each(['0', '10001', '-1', '1.5', 'x', ''])('F67 are not numbered %j', async number => {
    const answer = await part(await initiate(), number, 'x')
    expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument', ec: '0017-00000220' })
    expect(answer.field('ArgumentName')).toBe('PartNumber')
  })

  it('F68 that arrive broken are not kept', async () => {
    const id = await initiate()
    expect((await part(id, 1, 'x', { 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' })).code).toBe(
      'InvalidDigest',
    )
    expect((await listParts(id)).xml.children.some(({ name }) => name === 'Part')).toBe(false)
  })

  it('F69 are copied from objects, in whole or in part', async () => {
    await oss.send({ method: 'PUT', bucket, key: 'source', body: '0123456789' })
    const id = await initiate()
    const copy = (number: number, headers: TestRequest['headers'] = {}) =>
      part(id, number, '', { 'x-oss-copy-source': '/examplebucket/source', ...headers })
    const ranged = await copy(1, { 'x-oss-copy-source-range': 'bytes=2-4' })
    expect(ranged).toMatchObject({ status: 200 })
    expect(ranged.field('ETag')).toBe('"289DFF07669D7A23DE0EF88D2F7129E7"')
    await complete(id, list([[1, ranged.field('ETag') ?? '']]))
    expect((await get()).text).toBe('234')
    expect((await copy(1)).ec).toBe('0042-00000311')
    const again = await initiate()
    const whole = await part(again, 1, '', {
      'x-oss-copy-source': '/examplebucket/source',
      'x-oss-copy-source-range': 'bytes=5-99',
    })
    await complete(again, list([[1, whole.field('ETag') ?? '']]))
    expect((await get()).text).toBe('0123456789')
  })
})

describe('a Complete that is refused', () => {
  it.each([
    ['', 'MalformedXML', '0042-00000205'],
    ['<Complete', 'MalformedXML', '0042-00000205'],
    ['<Other/>', 'MalformedXML', '0042-00000205'],
    [list([[1, '']]), 'MalformedXML', '0042-00000205'],
    [
      list([
        [2, 'E'],
        [1, 'E'],
      ]),
      'InvalidPartOrder',
      '0042-00000209',
    ],
    [
      list([
        [1, 'E'],
        [1, 'E'],
      ]),
      'InvalidPartOrder',
      '0042-00000209',
    ],
    [list([[1, 'E']]), 'InvalidPart', undefined],
    [list([[7, 'E']]), 'InvalidPart', undefined],
  ])('F70 %.60s leaves the upload alive', async (body, code, ec) => {
    const id = await initiate()
    const first = await part(id, 1, 'text')
    expect(await complete(id, body)).toMatchObject({ status: 400, code, ec })
    expect((await complete(id, list([[1, etagOf(first)]]))).status).toBe(200)
  })

  it('F71 for a part that is too small, unless it is the last listed', async () => {
    const id = await initiate()
    const small = await part(id, 1, 'A'.repeat(sizeMin - 1))
    const last = await part(id, 2, 'b')
    const answer = await complete(
      id,
      list([
        [1, etagOf(small)],
        [2, etagOf(last)],
      ]),
    )
    expect(answer).toMatchObject({ status: 400, code: 'EntityTooSmall', ec: '0042-00000213' })
    expect(answer.field('MinSizeAllowed')).toBe('102400')
    expect((await complete(id, list([[1, etagOf(small)]]))).status).toBe(200)
  })

  it('F72 for an object that exists', async () => {
    await oss.send({ method: 'PUT', bucket, key, body: 'there' })
    const id = await initiate({ 'x-oss-forbid-overwrite': 'true' })
    const first = await part(id, 1, 'text')
    const body = list([[1, etagOf(first)]])
    expect(await complete(id, body, { 'x-oss-forbid-overwrite': 'true' })).toMatchObject({
      status: 409,
      code: 'FileAlreadyExists',
    })
    expect((await listParts(id)).status).toBe(200)
  })

  it('F73 is not asked twice for one answer: the second of two finds nothing', async () => {
    oss = await startLocal({ completeMs: () => 1000 })
    const id = await initiate()
    const body = list([[1, etagOf(await part(id, 1, 'text'))]])
    const first = complete(id, body)
    for (let turn = 0; turn < 40; turn++) await undefined
    const late = [complete(id, body), part(id, 1, 'late'), abort(id)]
    const answers = await Promise.all([first, ...late])
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 404])
    expect((await get()).text).toBe('text')
    expect(oss.clock.sleeps).toContain(1000)
  })
})

describe('a part under way while its upload is aborted', () => {
  it.each([
    { abortWithPartsUnderWay: 'dead', status: 404, later: 404 },
    { abortWithPartsUnderWay: 'survives', status: 200, later: 204 },
  ] as const)('F74 $abortWithPartsUnderWay', async ({ abortWithPartsUnderWay, status, later }) => {
    oss = await startLocal({ unconfirmed: { abortWithPartsUnderWay } })
    const id = await initiate()
    const request = build(
      { method: 'PUT', bucket, key, query: `partNumber=1&uploadId=${id}`, body: 'x' },
      oss.clock.at,
    )
    let release = () => {}
    const gate = new Promise<void>(resolve => {
      release = resolve
    })
    async function* slowly() {
      await gate
      yield Buffer.from('x')
    }
    const sending = oss.handler({ ...request, body: slowly() })
    for (let turn = 0; turn < 20; turn++) await undefined
    expect((await abort(id)).status).toBe(204)
    release()
    expect((await sending).status).toBe(status)
    expect((await abort(id)).status).toBe(later)
    expect((await abort(id)).status).toBe(404)
  })
})

describe('ListParts', () => {
  it('F75 pages by number, with CRC and size', async () => {
    const id = await initiate()
    const empty = await listParts(id)
    expect(empty.field('NextPartNumberMarker')).toBe('')
    for (const number of [3, 1, 2]) await part(id, number, `${number}`)
    const first = await listParts(id, '&max-parts=2')
    expect(first.field('IsTruncated')).toBe('true')
    expect(first.field('NextPartNumberMarker')).toBe('2')
    const parts = children(first.xml, 'Part')
    expect(parts.map(one => text(one, 'PartNumber'))).toEqual(['1', '2'])
    expect(text(parts[0]!, 'ETag')).toBe('"C4CA4238A0B923820DCC509A6F75849B"')
    expect(text(parts[0]!, 'HashCrc64ecma')).toBe(
      (await part(id, 1, '1')).headers['x-oss-hash-crc64ecma'],
    )
    expect(text(parts[0]!, 'LastModified')).toBe('2025-01-02T03:04:05.000Z')
    const rest = await listParts(id, '&part-number-marker=2')
    expect(children(rest.xml, 'Part').map(one => text(one, 'PartNumber'))).toEqual(['3'])
    expect(rest.field('IsTruncated')).toBe('false')
    expect((await listParts(id, '&max-parts=1001')).code).toBe('InvalidArgument')
  })
})

describe('ListMultipartUploads', () => {
  it('F76 pages by key and upload id', async () => {
    const begin = async (name: string) =>
      (await oss.send({ method: 'POST', bucket, key: name, query: 'uploads' })).field('UploadId') ??
      ''
    const ids = [await begin('a'), await begin('a')].sort()
    await begin('dir/x')
    await begin('dir/y')
    await begin('z')
    const page = async (query: string) => {
      const { xml } = await oss.send({ bucket, query: `uploads${query}` })
      return {
        keys: children(xml, 'Upload').map(one => text(one, 'Key')),
        ids: children(xml, 'Upload').map(one => text(one, 'UploadId')),
        prefixes: children(xml, 'CommonPrefixes').map(one => text(one, 'Prefix')),
        isTruncated: text(xml, 'IsTruncated'),
        next: [text(xml, 'NextKeyMarker'), text(xml, 'NextUploadIdMarker')],
      }
    }
    expect((await page('')).keys).toEqual(['a', 'a', 'dir/x', 'dir/y', 'z'])
    const first = await page('&max-uploads=1')
    expect(first).toMatchObject({ ids: [ids[0]], isTruncated: 'true', next: ['a', ids[0]] })
    expect((await page(`&key-marker=a&upload-id-marker=${ids[0]}&max-uploads=1`)).ids).toEqual([
      ids[1],
    ])
    expect((await page('&key-marker=a')).keys).toEqual(['dir/x', 'dir/y', 'z'])
    expect((await page(`&upload-id-marker=${ids[0]}`)).keys).toHaveLength(5)
    expect(await page('&delimiter=/')).toMatchObject({ keys: ['a', 'a', 'z'], prefixes: ['dir/'] })
    expect(await page('&prefix=dir/')).toMatchObject({ keys: ['dir/x', 'dir/y'] })
    expect(await page('&delimiter=/&key-marker=dir/')).toMatchObject({ keys: ['z'], prefixes: [] })
  })
})
