// Versions of objects. Numbers are those of docs/internals/oss-facts.md.

import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { child, children, text } from '../../../../src/xml/parse.ts'
import { type Local, startLocal, type TestRequest } from '../local.ts'

const bucket = 'examplebucket'
let oss: Local
beforeEach(async () => {
  oss = await startLocal()
})

const setVersioning = (status: string, on = oss) =>
  on.send({
    method: 'PUT',
    bucket,
    query: 'versioning',
    body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
  })
const put = (key: string, body: string, headers: TestRequest['headers'] = {}) =>
  oss.send({ method: 'PUT', bucket, key, body, headers })
const get = (key: string, query = '') => oss.send({ bucket, key, query })
const remove = (key: string, query = '') => oss.send({ method: 'DELETE', bucket, key, query })
const idOf = ({ headers }: { headers: Readonly<Record<string, string>> }) =>
  headers['x-oss-version-id'] ?? ''

async function list(query = '') {
  const { xml } = await oss.send({ bucket, query: query === '' ? 'versions' : `versions&${query}` })
  return {
    entries: xml.children
      .filter(({ name }) => ['Version', 'DeleteMarker'].includes(name))
      .map(one =>
        [text(one, 'Key'), text(one, 'VersionId'), text(one, 'IsLatest'), one.name].join(' '),
      ),
    groups: children(xml, 'CommonPrefixes').map(one => text(one, 'Prefix')),
    isTruncated: text(xml, 'IsTruncated'),
    nextKey: text(xml, 'NextKeyMarker'),
    nextVersion: text(xml, 'NextVersionIdMarker'),
  }
}

function deleteMany(objects: string, query = '', signer?: TestRequest['signer']) {
  const body = `<Delete>${objects}</Delete>`
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') }
  const request = { method: 'POST', bucket, query: `delete${query}`, body, headers }
  return oss.send(signer === undefined ? request : { ...request, signer })
}

describe('versioning of a bucket', () => {
  it('F100 is off at first, then enabled or suspended, never off again', async () => {
    const status = async () => (await oss.send({ bucket, query: 'versioning' })).field('Status')
    const info = async () =>
      text(child((await oss.send({ bucket, query: 'bucketInfo' })).xml, 'Bucket')!, 'Versioning')
    expect([await status(), await info()]).toEqual([undefined, undefined])
    expect((await setVersioning('Enabled')).status).toBe(200)
    expect([await status(), await info()]).toEqual(['Enabled', 'Enabled'])
    expect((await setVersioning('Suspended')).status).toBe(200)
    expect([await status(), await info()]).toEqual(['Suspended', 'Suspended'])
    for (const bad of ['Disabled', '', 'enabled']) {
      expect(await setVersioning(bad)).toMatchObject({ status: 400, code: 'MalformedXML' })
    }
    expect(await status()).toBe('Suspended')
  })

  it('F101 shows no version id before versioning was ever set', async () => {
    expect(idOf(await put('key', 'text'))).toBe('')
    expect(idOf(await get('key'))).toBe('')
    expect((await list()).entries).toEqual(['key null true Version'])
  })

  it('F102 keeps what was stored before as the version null', async () => {
    await put('key', 'before')
    await setVersioning('Enabled')
    expect(idOf(await get('key'))).toBe('null')
    const id = idOf(await put('key', 'after'))
    expect((await get('key', 'versionId=null')).text).toBe('before')
    expect((await list()).entries).toEqual([`key ${id} true Version`, 'key null false Version'])
  })
})

describe('a bucket with versioning enabled', () => {
  beforeEach(() => setVersioning('Enabled'))

  it('F103 gives every write a version of its own, read by its id or as the newest', async () => {
    const first = idOf(await put('key', 'one'))
    const second = idOf(await put('key', 'two'))
    expect(new Set([first, second, '', 'null']).size).toBe(4)
    expect((await get('key')).text).toBe('two')
    const old = await get('key', `versionId=${first}`)
    expect([old.text, idOf(old)]).toEqual(['one', first])
    const head = await oss.send({ method: 'HEAD', bucket, key: 'key', query: `versionId=${first}` })
    expect(head.headers).toMatchObject({ 'content-length': '3', 'x-oss-version-id': first })
    const query = `objectMeta&versionId=${first}`
    const meta = await oss.send({ method: 'HEAD', bucket, key: 'key', query })
    expect(idOf(meta)).toBe(first)
  })

  it('F103 also for an upload in parts, a copy and a link', async () => {
    const begun = await oss.send({ method: 'POST', bucket, key: 'big', query: 'uploads' })
    expect(idOf(begun)).toBe('')
    const query = `uploadId=${begun.field('UploadId')}`
    const headers = { 'x-oss-complete-all': 'yes' }
    const done = await oss.send({ method: 'POST', bucket, key: 'big', query, headers })
    const source = { 'x-oss-copy-source': '/examplebucket/big' }
    const copied = await oss.send({ method: 'PUT', bucket, key: 'copy', headers: source })
    const linked = await oss.send({
      method: 'PUT',
      bucket,
      key: 'link',
      query: 'symlink',
      headers: { 'x-oss-symlink-target': 'big' },
    })
    const ids = [done, copied, linked].map(idOf)
    expect(new Set([...ids, '', 'null']).size).toBe(5)
    expect(copied.headers['x-oss-copy-source-version-id']).toBe(ids[0])
    const link = await oss.send({ bucket, key: 'link', query: `symlink&versionId=${ids[2]}` })
    expect(link.headers).toMatchObject({
      'x-oss-symlink-target': 'big',
      'x-oss-version-id': ids[2],
    })
  })

  it.each(['Enabled', 'Suspended'])(
    'F104 forbid-overwrite is ignored where versioning is %s',
    async status => {
      await put('key', 'one')
      await setVersioning(status)
      const headers = { 'x-oss-forbid-overwrite': 'true' }
      expect((await put('key', 'two', headers)).status).toBe(200)
      const begun = await oss.send({
        method: 'POST',
        bucket,
        key: 'key',
        query: 'uploads',
        headers,
      })
      const answer = await oss.send({
        method: 'POST',
        bucket,
        key: 'key',
        query: `uploadId=${begun.field('UploadId')}`,
        headers: { ...headers, 'x-oss-complete-all': 'yes' },
      })
      expect(answer.status).toBe(200)
      const source = { ...headers, 'x-oss-copy-source': '/examplebucket/key' }
      expect((await oss.send({ method: 'PUT', bucket, key: 'key', headers: source })).status).toBe(
        200,
      )
      const target = { ...headers, 'x-oss-symlink-target': 'x' }
      const link = { method: 'PUT', bucket, key: 'key', query: 'symlink', headers: target }
      expect((await oss.send(link)).status).toBe(200)
      expect((await put('key', 'x', { 'x-oss-forbid-overwrite': 'maybe' })).code).toBe(
        'InvalidArgument',
      )
    },
  )

  it('F105 a delete without a version sets a delete marker, again and again', async () => {
    const kept = idOf(await put('key', 'text'))
    const first = await remove('key')
    expect(first).toMatchObject({ status: 204, headers: { 'x-oss-delete-marker': 'true' } })
    const second = await remove('key')
    expect((await list()).entries).toEqual([
      `key ${idOf(second)} true DeleteMarker`,
      `key ${idOf(first)} false DeleteMarker`,
      `key ${kept} false Version`,
    ])
    const gone = await get('key')
    expect(gone).toMatchObject({ status: 404, code: 'NoSuchKey' })
    expect(gone.headers).toMatchObject({
      'x-oss-delete-marker': 'true',
      'x-oss-version-id': idOf(second),
    })
    expect((await oss.send({ bucket })).text).not.toContain('<Contents>')
    expect((await get('key', `versionId=${kept}`)).text).toBe('text')
  })

  it('F106 a delete marker can only be deleted', async () => {
    await put('key', 'text')
    const marker = idOf(await remove('key'))
    const query = `versionId=${marker}`
    const refused = await get('key', query)
    expect(refused).toMatchObject({ status: 405, code: 'MethodNotAllowed' })
    expect(refused.headers).toMatchObject({ allow: 'DELETE', 'x-oss-delete-marker': 'true' })
    for (const what of ['acl', 'tagging', 'symlink']) {
      expect((await get('key', `${what}&${query}`)).status).toBe(405)
    }
    const acl = { method: 'PUT', bucket, key: 'key', headers: { 'x-oss-object-acl': 'private' } }
    expect((await oss.send({ ...acl, query: `acl&${query}` })).status).toBe(405)
    expect((await oss.send({ ...acl, query: 'acl' })).code).toBe('NoSuchKey')
    const removed = await remove('key', query)
    expect(removed).toMatchObject({ status: 204, headers: { 'x-oss-delete-marker': 'true' } })
    expect((await get('key')).text).toBe('text')
  })

  it('F107 a delete with a version removes it permanently; the next newest becomes current', async () => {
    const first = idOf(await put('key', 'one'))
    const second = idOf(await put('key', 'two'))
    const removed = await remove('key', `versionId=${second}`)
    expect([removed.status, idOf(removed)]).toEqual([204, second])
    expect(removed.headers['x-oss-delete-marker']).toBeUndefined()
    expect((await get('key')).text).toBe('one')
    expect(await get('key', `versionId=${second}`)).toMatchObject({
      status: 404,
      code: 'NoSuchVersion',
    })
    expect((await remove('key', `versionId=${second}`)).status).toBe(204)
    await remove('key', `versionId=${first}`)
    expect((await list()).entries).toEqual([])
    expect((await oss.send({ method: 'DELETE', bucket })).status).toBe(204)
  })

  it('F107 a bucket with nothing but old versions or delete markers is not empty', async () => {
    await put('key', 'text')
    await remove('key')
    expect((await oss.send({ method: 'DELETE', bucket })).code).toBe('BucketNotEmpty')
  })

  it.each([
    ['', '0012-00000201'],
    ['234', '0012-00000202'],
    ['%25%25%25x', '0012-00000202'],
  ])('F108 refuses the version id %j', async (id, ec) => {
    await put('key', 'text')
    for (const answer of [
      await get('key', `versionId=${id}`),
      await remove('key', `versionId=${id}`),
    ]) {
      expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument', ec })
    }
    const many = await deleteMany(
      `<Object><Key>key</Key><VersionId>${decodeURIComponent(id)}</VersionId></Object>`,
    )
    expect(many.code).toBe('InvalidArgument')
  })

  it('F109 a version has its own ACL and tags', async () => {
    const first = idOf(await put('key', 'one'))
    await put('key', 'two')
    const headers = { 'x-oss-object-acl': 'public-read' }
    const change = { method: 'PUT', bucket, key: 'key' }
    const changed = await oss.send({ ...change, query: `acl&versionId=${first}`, headers })
    expect([changed.status, idOf(changed)]).toEqual([200, first])
    const body = '<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>'
    await oss.send({ ...change, query: `tagging&versionId=${first}`, body })
    expect((await get('key', 'acl')).text).toContain('<Grant>default')
    expect((await get('key', `acl&versionId=${first}`)).text).toContain('<Grant>public-read<')
    expect((await get('key', 'tagging')).text).not.toContain('<Key>')
    expect((await get('key', `tagging&versionId=${first}`)).text).toContain('<Key>k</Key>')
    const stranger = { bucket, key: 'key', sign: 'none' } as const
    expect((await oss.send({ ...stranger, query: `versionId=${first}` })).text).toBe('one')
    expect((await oss.send(stranger)).status).toBe(403)
    await remove('key', `tagging&versionId=${first}`)
    expect((await get('key', `versionId=${first}`)).text).toBe('one')
    expect((await get('key', `tagging&versionId=${first}`)).text).not.toContain('<Key>')
  })

  it('F110 copies a version, whole or a part', async () => {
    const first = idOf(await put('key', 'one'))
    await put('key', 'another')
    const headers = { 'x-oss-copy-source': `/examplebucket/key?versionId=${first}` }
    const copied = await oss.send({ method: 'PUT', bucket, key: 'copy', headers })
    expect(copied.headers['x-oss-copy-source-version-id']).toBe(first)
    expect((await get('copy')).text).toBe('one')
    const begun = await oss.send({ method: 'POST', bucket, key: 'big', query: 'uploads' })
    const query = `partNumber=1&uploadId=${begun.field('UploadId')}`
    const part = await oss.send({ method: 'PUT', bucket, key: 'big', query, headers })
    expect(part.headers['x-oss-copy-source-version-id']).toBe(first)
    await oss.send({
      method: 'POST',
      bucket,
      key: 'big',
      query: query.replace('partNumber=1&', ''),
      headers: { 'x-oss-complete-all': 'yes' },
    })
    expect((await get('big')).text).toBe('one')
  })

  it.each([
    ['NoSuchKey', 404],
    ['InvalidArgument', 400],
  ] as const)('F110 does not copy a delete marker: %s', async (copyDeleteMarker, status) => {
    oss = await startLocal({ unconfirmed: { copyDeleteMarker } })
    await setVersioning('Enabled')
    await put('key', 'text')
    const marker = idOf(await remove('key'))
    const copy = (source: string) =>
      oss.send({ method: 'PUT', bucket, key: 'copy', headers: { 'x-oss-copy-source': source } })
    const answer = await copy(`/examplebucket/key?versionId=${marker}`)
    expect(answer).toMatchObject({ status, code: copyDeleteMarker })
    expect(await copy('/examplebucket/key')).toMatchObject({ status: 404, code: 'NoSuchKey' })
    const absent = `/examplebucket/key?versionId=${marker.slice(0, -2)}zz`
    expect((await copy(absent)).code).toBe('NoSuchVersion')
  })

  it('F111 deletes many, with versions and without', async () => {
    const first = idOf(await put('a', 'one'))
    const second = idOf(await put('b', 'two'))
    const answer = await deleteMany(
      `<Object><Key>a</Key><VersionId>${first}</VersionId></Object><Object><Key>b</Key></Object>`,
    )
    const [a, b] = children(answer.xml, 'Deleted')
    expect([text(a!, 'VersionId'), text(a!, 'DeleteMarker')]).toEqual([first, undefined])
    expect([text(b!, 'VersionId'), text(b!, 'DeleteMarker')]).toEqual([undefined, 'true'])
    const marker = text(b!, 'DeleteMarkerVersionId')
    expect((await list()).entries).toEqual([
      `b ${marker} true DeleteMarker`,
      `b ${second} false Version`,
    ])
    const again = await deleteMany(`<Object><Key>b</Key><VersionId>${marker}</VersionId></Object>`)
    const [gone] = children(again.xml, 'Deleted')
    expect([text(gone!, 'VersionId'), text(gone!, 'DeleteMarkerVersionId')]).toEqual([
      marker,
      marker,
    ])
    expect((await get('b')).text).toBe('two')
  })

  it('F112 an appendable object grows as the version null; others are not appended to', async () => {
    const append = (position: number, body: string) =>
      oss.send({ method: 'POST', bucket, key: 'log', query: `append&position=${position}`, body })
    expect(idOf(await append(0, 'ab'))).toBe('null')
    expect(idOf(await append(2, 'c'))).toBe('null')
    expect((await list()).entries).toEqual(['log null true Version'])
    await remove('log')
    expect((await append(3, 'd')).code).toBe('ObjectNotAppendable')
    expect((await append(0, 'd')).code).toBe('ObjectNotAppendable')
    expect((await get('log', 'versionId=null')).text).toBe('abc')
    await put('log', 'normal')
    expect((await append(6, 'd')).code).toBe('ObjectNotAppendable')
  })

  it('F113 lists keys in order and versions newest first, page by page', async () => {
    const ids: string[] = []
    for (const key of ['b', 'a', 'b', 'd/1', 'd/2', 'b']) ids.push(idOf(await put(key, key)))
    const marker = idOf(await remove('a'))
    const all = [
      `a ${marker} true DeleteMarker`,
      `a ${ids[1]} false Version`,
      `b ${ids[5]} true Version`,
      `b ${ids[2]} false Version`,
      `b ${ids[0]} false Version`,
      `d/1 ${ids[3]} true Version`,
      `d/2 ${ids[4]} true Version`,
    ]
    expect((await list()).entries).toEqual(all)
    const found: string[] = []
    for (let query = 'max-keys=1'; ; ) {
      const page = await list(query)
      found.push(...page.entries)
      if (page.isTruncated === 'false') break
      query = `max-keys=1&key-marker=${encodeURIComponent(page.nextKey!)}&version-id-marker=${page.nextVersion}`
    }
    expect(found).toEqual(all)
    expect((await list('prefix=b')).entries).toEqual(all.slice(2, 5))
    expect((await list('key-marker=b')).entries).toEqual(all.slice(5))
    const grouped = await list('delimiter=%2F&max-keys=6')
    expect(grouped).toMatchObject({
      entries: all.slice(0, 5),
      groups: ['d/'],
      isTruncated: 'false',
    })
    expect(await list('delimiter=%2F&key-marker=d%2F')).toMatchObject({ entries: [], groups: [] })
  })

  it('F113 skips nothing when the version of the marker was deleted meanwhile', async () => {
    const old = idOf(await put('key', 'one'))
    const marked = idOf(await put('key', 'two'))
    await remove('key', `versionId=${marked}`)
    const page = await list(`key-marker=key&version-id-marker=${marked}`)
    expect(page.entries).toEqual([`key ${old} true Version`])
  })

  it('F113 refuses a version marker without a key marker, and encodes names when asked', async () => {
    const id = idOf(await put('a b', 'text'))
    const refused = await oss.send({ bucket, query: `versions&version-id-marker=${id}` })
    expect(refused).toMatchObject({ status: 400, code: 'InvalidArgument' })
    expect((await list('encoding-type=url')).entries).toEqual([`a%20b ${id} true Version`])
  })

  it('F114 versions need actions of their own', async () => {
    const id = idOf(await put('key', 'text'))
    const signer = {
      accessKeyId: 'limited',
      accessKeySecret: 'x',
      deny: ['oss:GetObjectVersion', 'oss:DeleteObjectVersion'],
    }
    oss.keys.add(signer)
    const query = `versionId=${id}`
    const request = { bucket, key: 'key', signer }
    expect((await oss.send({ ...request })).status).toBe(200)
    expect((await oss.send({ ...request, query })).code).toBe('AccessDenied')
    expect((await oss.send({ ...request, method: 'DELETE', query })).code).toBe('AccessDenied')
    const headers = { 'x-oss-copy-source': `/examplebucket/key?${query}` }
    expect((await oss.send({ ...request, method: 'PUT', headers })).code).toBe('AccessDenied')
    const named = `<Object><Key>key</Key><VersionId>${id}</VersionId></Object>`
    expect((await deleteMany(named, '', signer)).code).toBe('AccessDenied')
    expect((await get('key')).text).toBe('text')
    expect((await deleteMany('<Object><Key>key</Key></Object>', '', signer)).status).toBe(200)
  })
})

describe('a bucket with versioning suspended', () => {
  beforeEach(() => setVersioning('Enabled'))

  it('F115 writes and deletes replace the version null and keep all others', async () => {
    const first = idOf(await put('key', 'one'))
    await setVersioning('Suspended')
    expect(idOf(await put('key', 'two'))).toBe('null')
    await put('key', 'three')
    expect((await list()).entries).toEqual(['key null true Version', `key ${first} false Version`])
    const removed = await remove('key')
    expect([idOf(removed), removed.headers['x-oss-delete-marker']]).toEqual(['null', 'true'])
    expect((await list()).entries).toEqual([
      'key null true DeleteMarker',
      `key ${first} false Version`,
    ])
    await remove('key', 'versionId=null')
    expect((await get('key')).text).toBe('one')
    await setVersioning('Enabled')
    expect(idOf(await put('key', 'four'))).not.toBe('null')
  })

  it.each([
    ['marker', 1],
    ['nothing', 0],
  ] as const)('F105 a key without versions: %s', async (deleteAbsentVersioned, count) => {
    oss = await startLocal({ unconfirmed: { deleteAbsentVersioned } })
    await setVersioning('Enabled')
    expect((await remove('absent')).status).toBe(204)
    expect((await list()).entries).toHaveLength(count)
  })
})

it('loses no change of a bucket to another one that runs at the same time', async () => {
  const cors =
    '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>' +
    '</CORSRule></CORSConfiguration>'
  await Promise.all([
    setVersioning('Enabled'),
    oss.send({ method: 'PUT', bucket, query: 'cors', body: cors }),
    oss.send({ method: 'PUT', bucket, query: 'acl', headers: { 'x-oss-acl': 'public-read' } }),
  ])
  expect((await oss.send({ bucket, query: 'versioning' })).field('Status')).toBe('Enabled')
  expect((await oss.send({ bucket, query: 'cors' })).status).toBe(200)
  expect((await oss.send({ bucket, query: 'acl' })).text).toContain('<Grant>public-read<')
})
