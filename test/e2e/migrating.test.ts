// The commands of the migration page work, and its defaults of ali-oss are those of the installed version.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { aliOss, aliOssFolder } from './load-ali-oss.ts'
import { localOss } from './local-oss.ts'
import { runSnippet, snippetsIn } from './snippets.ts'

const folder = temporaryFolder()
const { oss, env, bytes, bucket } = await localOss()
afterAll(() => bucket.ports.transport.close())
const page = readFileSync(join(root, 'docs', 'guide', 'migrating.md'), 'utf8')
const snippets = snippetsIn('docs/guide/migrating.md').filter(({ language }) => language === 'ts')
const run = (code: string) =>
  runSnippet(code, { endpoint: oss.endpoint, env: { ...env, HOME: folder }, folder })

function snippet(containing: string): string {
  const found = snippets.filter(({ text }) => text.includes(containing))
  expect(found, containing).toHaveLength(1)
  return found[0]?.text ?? ''
}

test('from oss2: the same call', async () => {
  const content = noiseFile(join(folder, 'examplefile.txt'), 350_000)
  await run(snippet("storageClass: 'IA'"))
  expect((await bytes('exampledir/exampleobject.txt')).equals(content)).toBe(true)
  const { storageClass, objectType } = await bucket.headObject({
    key: 'exampledir/exampleobject.txt',
  })
  expect([storageClass, objectType]).toEqual(['IA', 'Multipart'])
})

test('from ali-oss: the same call, and the upload it left behind', async () => {
  const content = noiseFile(join(folder, 'video.mp4'), 11_000_000, 2)
  await run(snippet('pause.signal'))
  expect((await bytes('video.mp4')).equals(content)).toBe(true)
  expect(await bucket.headObject({ key: 'video.mp4' })).toMatchObject({
    contentType: 'video/mp4',
    metadata: { author: 'ada' },
  })

  const key = 'begun-by-ali-oss.bin'
  const { uploadId } = await bucket.initiateMultipartUpload({ key })
  const body = content.subarray(0, 1024 ** 2)
  await bucket.uploadPart({ key, uploadId, partNumber: 1, body })
  expect(await run(snippet('adopt'))).toBe('1048576 bytes were stored already\n')
  expect((await bytes(key)).equals(content)).toBe(true)
})

test('the plain operations', async () => {
  const said = await run(snippet('downloadObject'))
  expect(said.split('\n')).toEqual([
    expect.stringMatching(/^5 text\/plain \d+$/),
    'notes/hello.txt 5',
    expect.stringContaining('x-oss-signature='),
    'gone',
    '',
  ])
  expect(readFileSync(join(folder, 'hello.txt'), 'utf8')).toBe('hello')
})

test('every snippet has run', () => {
  expect(snippets).toHaveLength(4)
})

test('the actual defaults of ali-oss are those of the page', () => {
  const table = page.slice(page.indexOf('| default | `ali-oss` |'))
  const actual = (name: string) =>
    table
      .split('\n')
      .find(line => line.startsWith(`| ${name} |`))
      ?.split('|')[2]
      ?.trim() ?? ''
  const client: object = new aliOss({ accessKeyId: 'id', accessKeySecret: 'secret' })
  const { options } = JSON.parse(JSON.stringify(client))
  for (const name of [
    'secure',
    'authorizationV4',
    'region',
    'retryMax',
    'timeout',
    'refreshSTSTokenInterval',
  ]) {
    expect(actual(`\`${name}\``).replaceAll('`', ''), name).toMatch(
      new RegExp(`^${options[name]}\\b`),
    )
  }
  const source = readFileSync(join(aliOssFolder, 'lib/managed-upload.js'), 'utf8')
  const constant = (name: string) =>
    /^[\d*\s]+$/.exec(new RegExp(`const ${name} = ([^;]+);`).exec(source)?.[1] ?? '')?.[0]
  const product = (name: string) =>
    constant(name)
      ?.split('*')
      .reduce((sum, factor) => sum * Number(factor), 1)
  expect(actual('`parallel`')).toBe(String(product('defaultParallel')))
  expect(actual('`partSize`')).toMatch(new RegExp(`^${product('defaultPartSize')}\\b`))
  expect(actual('smallest file in parts')).toBe(String(product('minPartSize')))
})
