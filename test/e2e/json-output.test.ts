// docs/guide/json-output.md is the schema: every line and field that appears is in it, and the last line is the end.

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, ossup, root, start } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const documented = readFileSync(join(root, 'docs', 'guide', 'json-output.md'), 'utf8')
const { env, bucket } = await localOss()
const folder = temporaryFolder()
const file = join(folder, 'file.bin')
noiseFile(file, 3_000_000)
const flags = [
  '--checkpoint-dir',
  join(folder, 'c'),
  '--part-size',
  '1MiB',
  '--multipart-threshold',
  '1MiB',
]
const target = 'oss://examplebucket/key'

const dir = ['--checkpoint-dir', join(folder, 'c')]

/** Begins an upload and kills it at its first confirmed part. */
async function leave(key: string, source: string): Promise<void> {
  const args = [
    'upload',
    source,
    `oss://examplebucket/${key}`,
    '--json',
    '--multipart-threshold',
    '1MiB',
  ]
  const { child, saw, ended } = start(
    [...args, '--part-size', '100KiB', '--bandwidth', '128KiB', ...dir],
    env,
  )
  await saw(/"type":"part"/)
  child.kill('SIGKILL')
  await ended
}

test('every line of every command is documented', async () => {
  const gone = join(folder, 'gone.bin')
  noiseFile(gone, 3_000_000)
  await ossup(['mb', 'oss://examplebucket'], env)
  await leave('left', file)
  await leave('gone', gone)
  rmSync(gone)
  writeFileSync(join(folder, 'c', 'damaged.journal'), 'damaged')
  await bucket.initiateMultipartUpload({ key: 'others' })
  const many = join(folder, 'many')
  mkdirSync(many)
  noiseFile(join(many, 'a'), 1000)
  noiseFile(join(many, '\\b'), 1000)
  symlinkSync('a', join(many, 'link'))
  const runs = [
    ['mb', 'oss://examplebucket'],
    ['upload', file, target, ...flags],
    ['ls'],
    ['ls', 'oss://examplebucket'],
    ['ls', '-r', 'oss://examplebucket'],
    ['upload', file, target, ...flags],
    ['du', 'oss://examplebucket'],
    ['sign', target, '--headers', 'x-oss-meta-a=b'],
    ['stat', target],
    ['download', target, join(folder, 'down.bin')],
    ['download', target, join(folder, 'down.bin')],
    ['verify', file, target],
    ['verify', join(folder, 'c', 'damaged.journal'), target],
    ['status', 'oss://examplebucket', ...dir],
    ['resume', '--all', ...dir],
    ['upload', many, 'oss://examplebucket/many/', ...dir],
    ['upload', many, 'oss://examplebucket/many/', ...dir],
    ['upload', many, 'oss://examplebucket/other/', '--dry-run', ...dir],
    ['clean', '--older-than', '0s', '--others', 'oss://examplebucket/o', ...dir],
    ['clean', ...dir],
    ['doctor', target, ...dir],
    ['doctor', 'oss://otherbucket', ...dir],
    ['rm', target],
    ['rm', '-r', 'oss://examplebucket/many/'],
    ['stat', target],
  ]
  for (const args of runs) {
    const outcome = await ossup([...args, '--json'], env)
    const lines = jsonLines(outcome)
    for (const { v, type, ...fields } of lines) {
      expect(v).toBe(1)
      const names = [String(type), ...Object.keys(fields)]
      expect(names.filter(name => !documented.includes(`\`${name}\``))).toEqual([])
    }
    const end = lines.at(-1)
    expect(end?.type).toBe(outcome.code === 0 ? 'result' : 'error')
    if (outcome.code !== 0) expect(end?.exitCode).toBe(outcome.code)
  }
})

test('quiet leaves the result', async () => {
  const outcome = await ossup(['upload', file, target, ...flags, '--json', '--quiet'], env)
  expect(jsonLines(outcome)).toMatchObject([{ type: 'result', key: 'key', parts: 3 }])
})
