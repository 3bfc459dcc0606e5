// Every snippet of the README does what the text around it says. The only change made to them is the
// address: what goes to OSS goes to a local OSS here.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LocalOss, serve } from '../../src/server/index.ts'
import { bin, startProcess } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { runSnippet, snippetsIn } from './snippets.ts'

const blocks = snippetsIn('README.md')
const folder = temporaryFolder()
let oss: LocalOss

beforeAll(async () => {
  oss = await serve({ buckets: ['examplebucket'] })
})
afterAll(() => oss.close())

function block(language: string, containing: string): string {
  const found = blocks.filter(each => each.language === language && each.text.includes(containing))
  expect(found, `one ${language} block with ${containing}`).toHaveLength(1)
  return found[0]?.text ?? ''
}

function environment(): Record<string, string> {
  return {
    HOME: folder,
    OSS_ACCESS_KEY_ID: oss.key.accessKeyId,
    OSS_ACCESS_KEY_SECRET: oss.key.accessKeySecret,
  }
}

function runCode(code: string): Promise<string> {
  return runSnippet(code, { endpoint: oss.endpoint, env: environment(), folder })
}

async function uploaded(): Promise<Buffer> {
  const url = new URL('/examplebucket/exampledir/exampleobject.txt', oss.endpoint)
  const { Bucket } = await import('../../src/runtimes/node/index.ts')
  const { endpoint, key: credentials } = oss
  const bucket = new Bucket({ name: 'examplebucket', region: 'cn-hangzhou', endpoint, credentials })
  const { body } = await bucket.getObject({ key: decodeURIComponent(url.pathname.slice(15)) })
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  bucket.ports.transport.close()
  return Buffer.concat(chunks)
}

test('the first sample uploads the file', async () => {
  const bytes = noiseFile(join(folder, 'examplefile.txt'), 12_345)
  await runCode(
    block(
      'ts',
      "await resumableUpload(bucket, 'exampledir/exampleobject.txt', './examplefile.txt')\n",
    ),
  )
  expect((await uploaded()).equals(bytes)).toBe(true)
})

test('the second sample uploads in parts and reports', async () => {
  const bytes = noiseFile(join(folder, 'examplefile.txt'), 512 * 1024 + 1, 2)
  const output = await runCode(block('ts', 'onProgress'))
  expect(output).toMatch(/^100 %$/m)
  expect(output).toMatch(/^\d+ crc64 0$/m)
  expect((await uploaded()).equals(bytes)).toBe(true)
})

test('the local OSS starts and stops in a test suite', async () => {
  await runCode(block('ts', 'ossup/server'))
})

test('the commands work as written', async () => {
  noiseFile(join(folder, 'backup.tar'), 300_000, 3)
  for (const name of ['bin', 'photos']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'photos', 'a.jpg'), 'a photo')
  const command = join(folder, 'bin', 'ossup')
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`)
  chmodSync(command, 0o755)
  const commands = block('sh', 'ossup upload backup.tar').replace(/^export .*$/m, '')
  const script = `spawn = require('node:child_process').spawnSync('sh', ['-e'], {
    input: ${JSON.stringify(commands)}, cwd: ${JSON.stringify(folder)}, encoding: 'utf8' })
    process.stdout.write(spawn.stdout); process.stderr.write(spawn.stderr); process.exit(spawn.status)`
  const { code, stdout, stderr } = await startProcess(['-e', script], {
    ...environment(),
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    OSS_REGION: 'cn-hangzhou',
    OSS_ENDPOINT: oss.endpoint,
  }).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('rror') })
  expect(stdout.toString()).toContain('backups/backup.tar')
})

test('the server of the README serves', async () => {
  const [, ...args] = block('sh', 'ossup serve')
    .trim()
    .replace('--port 9000', '--port 0')
    .split(' ')
  const serving = startProcess([bin, ...args, '--json'], environment(), folder)
  await serving.saw(/"type":"serving"/)
  serving.child.kill('SIGINT')
  await serving.ended
})
