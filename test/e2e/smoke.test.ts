// A quick look at each main feature of the built command. `npm test` runs this file alone of the folder;
// `npm run test:all` runs the others, which look closely.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, type Outcome, ossup, start, startProcess } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { oss, env, bucket, bytes } = await localOss()
const folder = temporaryFolder()
const where = { ...env, HOME: folder }
const run = (...args: string[]) => ossup(args, where)
const target = (key: string) => `oss://examplebucket/${key}`
const last = (outcome: Outcome) => jsonLines(outcome).at(-1)

test('help and version', async () => {
  const [help, version] = await Promise.all([run('help', 'upload'), run('--version')])
  expect(help.stdout.toString()).toMatch(/^ossup upload: /)
  expect(version.stdout.toString()).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('a file killed on its way is shown, continued, and no part is sent twice', async () => {
  const content = noiseFile(join(folder, 'killed.bin'), 800_000)
  const checkpoints = ['--checkpoint-dir', join(folder, 'killed')]
  const args = ['upload', join(folder, 'killed.bin'), target('killed'), '--json', ...checkpoints]
  args.push('--multipart-threshold', '100KiB', '--part-size', '100KiB', '--concurrency', '1')
  // The fourth part arrives and is not answered before the command is killed.
  oss.faults.set([{ kind: 'latency', ms: 20_000, operations: ['UploadPart'], skip: 3 }])
  const { child, saw, ended } = start(args, where)
  await saw(/(?:"type":"part"[\s\S]*?){3}/)
  child.kill('SIGKILL')
  expect((await ended).signal).toBe('SIGKILL')
  oss.faults.set([])
  const [status] = jsonLines(await run('status', '--json', ...checkpoints))
  expect(status).toMatchObject({ type: 'checkpoint', key: 'killed', state: 'sending' })
  const outcome = await run(...args)
  expect(last(outcome)).toMatchObject({ type: 'result', parts: 8, resumed: { parts: 3 } })
  expect(outcome.code).toBe(0)
  expect((await bytes('killed')).equals(content)).toBe(true)
  expect(oss.stats().partsSentTwice).toBe(0)
  expect(readdirSync(join(folder, 'killed'))).toEqual([])
})

test('an upload that is given up is aborted', async () => {
  noiseFile(join(folder, 'given-up.bin'), 400_000)
  const checkpoints = ['--checkpoint-dir', join(folder, 'given-up')]
  const args = ['--multipart-threshold', '100KiB', '--part-size', '100KiB', '--concurrency', '1']
  oss.faults.set([{ kind: 'error', code: 'AccessDenied', status: 403, operations: ['UploadPart'] }])
  const source = join(folder, 'given-up.bin')
  const refused = await run('upload', source, target('given-up'), ...args, ...checkpoints)
  oss.faults.set([])
  expect(refused.stderr).toContain('AccessDenied')
  expect((await bucket.listMultipartUploads()).uploads).toHaveLength(1)
  expect((await run('clean', '--older-than', '0d', ...checkpoints)).code).toBe(0)
  expect((await bucket.listMultipartUploads()).uploads).toEqual([])
})

test('standard input', async () => {
  const { child, ended } = start(['upload', '-', target('stdin')], where)
  child.stdin?.end('from standard input')
  expect((await ended).code).toBe(0)
  expect((await bytes('stdin')).toString()).toBe('from standard input')
})

test('a folder; run again it sends nothing', async () => {
  const source = join(folder, 'many')
  mkdirSync(join(source, 'deep'), { recursive: true })
  for (const name of ['a', 'b c', join('deep', 'ü')]) writeFileSync(join(source, name), name)
  const args = ['upload', `${source}/`, target('many/'), '--json']
  expect(last(await run(...args))).toMatchObject({ type: 'result', uploaded: 3, failed: 0 })
  expect(last(await run(...args))).toMatchObject({ type: 'result', uploaded: 0, failed: 0 })
  expect((await bytes('many/deep/ü')).toString()).toBe(join('deep', 'ü'))
})

test('down again: download, verify, cat', async () => {
  const body = new TextEncoder().encode('content')
  await bucket.putObject({ key: 'down', body })
  const file = join(folder, 'down.txt')
  const [download, cat] = await Promise.all([
    run('download', target('down'), file),
    run('cat', target('down')),
  ])
  expect([download.code, readFileSync(file, 'utf8')]).toEqual([0, 'content'])
  expect(cat.stdout.toString()).toBe('content')
  expect((await run('verify', file, target('down'))).code).toBe(0)
  writeFileSync(file, 'Content')
  expect((await run('verify', file, target('down'))).code).toBe(6)
})

test('listed, looked at, signed, deleted', async () => {
  await bucket.putObject({ key: 'object/one', body: new Uint8Array(1500) })
  const [ls, stat, sign] = await Promise.all([
    run('ls', target('object/')),
    run('stat', target('object/one'), '--json'),
    run('sign', target('object/one')),
  ])
  expect(ls.stdout.toString()).toMatch(/1500 +oss:\/\/examplebucket\/object\/one\n$/)
  expect(last(stat)).toMatchObject({ size: 1500 })
  const answer = await fetch(sign.stdout.toString().trimEnd())
  expect((await answer.arrayBuffer()).byteLength).toBe(1500)
  expect((await run('rm', target('object/one'))).code).toBe(0)
  expect((await bucket.listObjects({ prefix: 'object/' })).objects).toEqual([])
})

test('serve: another process uploads to it, and it stops on SIGINT', async () => {
  const data = ['--data', join(folder, 'data')]
  const server = start(['serve', '--port', '0', '--json', '--create-buckets', ...data], {})
  const said = JSON.parse((await server.saw(/"type":"serving".*\n/)).split('\n')[0] ?? '')
  const there = {
    OSS_ENDPOINT: said.endpoint,
    OSS_REGION: said.region,
    OSS_ACCESS_KEY_ID: said.accessKeyId,
    OSS_ACCESS_KEY_SECRET: said.accessKeySecret,
    HOME: folder,
  }
  noiseFile(join(folder, 'served.bin'), 1000)
  const upload = await ossup(['upload', join(folder, 'served.bin'), target('served')], there)
  expect(upload).toMatchObject({ code: 0 })
  server.child.kill('SIGINT')
  expect((await server.ended).code).toBe(0)
})

test('doctor', async () => {
  const outcome = await run('doctor', target('dir/'), '--json')
  const states = jsonLines(outcome).flatMap(({ state }) => state ?? [])
  expect([outcome.code, states.filter(state => state === 'problem')]).toEqual([0, []])
  expect((await bucket.listObjects({ prefix: 'dir/' })).objects).toEqual([])
})

test.each([
  ['an unknown flag', ['upload', 'x', target('x'), '--sped'], {}, 2, /no flag --sped/],
  ['no credentials', ['ls', target('')], { OSS_ACCESS_KEY_ID: '' }, 3, /OSS_ACCESS_KEY_ID/],
  ['a missing file', ['upload', 'absent', target('x')], {}, 4, /absent/],
  ['no such object', ['cat', target('absent')], {}, 8, /NoSuchKey/],
])('%s has its exit code', async (_what, args, change, code, message) => {
  const outcome = await ossup(args, { ...where, ...change })
  expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(message) })
})

test('the package as its users import it', async () => {
  const script = `import { Bucket, resumableUpload } from 'ossup'
    const { OSS_REGION: region, OSS_ENDPOINT: endpoint } = process.env
    const bucket = new Bucket({ name: 'examplebucket', region, endpoint })
    const { size, verified } = await resumableUpload(bucket, 'imported', new TextEncoder().encode('bytes'))
    console.log(size, verified)`
  const { stdout, stderr } = await startProcess(['--input-type=module', '-e', script], where).ended
  expect([stdout.toString(), stderr]).toEqual(['5 crc64\n', ''])
})
