// Rules of a bucket that protect existing objects. Numbers are those of docs/internals/oss-facts.md.

import { beforeEach, expect, it } from 'vitest'
import { child, children, text } from '../../../../src/xml/parse.ts'
import { type Local, startLocal, type TestRequest } from '../local.ts'

const bucket = 'examplebucket'
const query = 'overwriteConfig'
let oss: Local
beforeEach(async () => {
  oss = await startLocal()
})

const configure = (rules: string) =>
  oss.send({
    method: 'PUT',
    bucket,
    query,
    body: `<OverwriteConfiguration>${rules}</OverwriteConfiguration>`,
  })
const rule = (inner = '') => `<Rule><Action>forbid</Action>${inner}</Rule>`
const put = (key: string, more: Partial<TestRequest> = {}) =>
  oss.send({ method: 'PUT', bucket, key, body: 'text', ...more })

it('F116 keeps the rules, gives them back, drops them', async () => {
  expect(await oss.send({ bucket, query })).toMatchObject({
    status: 404,
    code: 'NoSuchBucketOverwriteConfig',
  })
  const named =
    '<ID>one</ID><Prefix>a/</Prefix><Suffix>.txt</Suffix><Principals><Principal>123</Principal></Principals>'
  expect((await configure(rule(named) + rule())).status).toBe(200)
  const [first, second] = children((await oss.send({ bucket, query })).xml, 'Rule')
  const facts = { ID: 'one', Action: 'forbid', Prefix: 'a/', Suffix: '.txt' }
  for (const [name, value] of Object.entries(facts)) expect(text(first!, name)).toBe(value)
  expect(text(child(first!, 'Principals')!, 'Principal')).toBe('123')
  expect(text(second!, 'ID')).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
  expect((await oss.send({ method: 'DELETE', bucket, query })).status).toBe(204)
  expect((await oss.send({ bucket, query })).status).toBe(404)
  expect((await oss.send({ method: 'DELETE', bucket, query })).status).toBe(204)
})

it('F117 a rule protects existing objects from every operation that would replace them', async () => {
  expect((await put('key')).status).toBe(200)
  const begun = await oss.send({ method: 'POST', bucket, key: 'key', query: 'uploads' })
  await configure(rule())
  const refused = { status: 409, code: 'FileAlreadyExists' }
  expect(await put('key')).toMatchObject(refused)
  expect(await put('key', { headers: { 'x-oss-forbid-overwrite': 'false' } })).toMatchObject(
    refused,
  )
  const complete = { query: `uploadId=${begun.field('UploadId')}`, method: 'POST' }
  const headers = { 'x-oss-complete-all': 'yes' }
  expect(await put('key', { ...complete, headers, body: '' })).toMatchObject(refused)
  const source = { 'x-oss-copy-source': '/examplebucket/key' }
  expect(await put('key', { headers: source, body: '' })).toMatchObject(refused)
  const link = { query: 'symlink', headers: { 'x-oss-symlink-target': 'x' }, body: '' }
  expect(await put('key', link)).toMatchObject(refused)
  expect((await put('another')).status).toBe(200)
  expect((await oss.send({ method: 'DELETE', bucket, key: 'key' })).status).toBe(204)
  expect((await put('key')).status).toBe(200)
})

it('F117 all conditions of a rule must hold, and one rule is enough', async () => {
  const keys = ['a/1.txt', 'a/1.jpg', 'b/1.txt', 'c']
  for (const key of keys) await put(key)
  await configure(rule('<Prefix>a/</Prefix><Suffix>.txt</Suffix>') + rule('<Prefix>c</Prefix>'))
  const statuses = []
  for (const key of keys) statuses.push((await put(key)).status)
  expect(statuses).toEqual([409, 200, 200, 409])
})

it.each([
  ['ak', 409],
  ['a*', 409],
  ['*', 409],
  ['1', 409],
  ['other', 200],
])('F117 the principal %s', async (principal, status) => {
  await put('key')
  await configure(rule(`<Principals><Principal>${principal}</Principal></Principals>`))
  expect((await put('key')).status).toBe(status)
})

it.each(['Enabled', 'Suspended'])('F118 no rule counts where versioning is %s', async status => {
  await put('key')
  await configure(rule())
  const body = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`
  await oss.send({ method: 'PUT', bucket, query: 'versioning', body })
  expect((await put('key')).status).toBe(200)
})

it.each([
  ['', 'MalformedXML'],
  ['<Rule><Action>allow</Action></Rule>', 'InvalidArgument'],
  [rule('<ID>x</ID>') + rule('<ID>x</ID>'), 'InvalidArgument'],
  [rule(`<Prefix>${'x'.repeat(1024)}</Prefix>`), 'InvalidArgument'],
  [rule().repeat(101), 'InvalidArgument'],
])('F116 refuses %.60s', async (rules, code) => {
  expect(await configure(rules)).toMatchObject({ status: 400, code })
  expect((await oss.send({ bucket, query })).status).toBe(404)
})
