// Packs the package, installs the tarball into an empty project, and uses it there as its users do: the
// library and the local OSS by import, their types, the command.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'

const useOfLibrary = `
import { writeFileSync } from 'node:fs'
import { Bucket, resumableUpload } from 'ossup'
import { serve } from 'ossup/server'

const oss = await serve({ buckets: ['examplebucket'] })
const bucket = new Bucket({
  name: 'examplebucket', endpoint: oss.endpoint, region: oss.region, credentials: oss.key,
})
writeFileSync('file.bin', Buffer.alloc(3_000_000, 'abc'))
const options = { checkpointDir: 'checkpoints', multipartThreshold: 1024 ** 2, partSize: 1024 ** 2 }
const done = await resumableUpload(bucket, 'file.bin', 'file.bin', options)
const head = await bucket.headObject({ key: 'file.bin' })
await oss.close()
if (done.verified !== 'crc64' || done.parts !== 3 || head.size !== 3_000_000) {
  throw new Error(JSON.stringify(done))
}
`

const useOfTypes = `
import { Bucket, OssError, resumableUpload, type UploadResult } from 'ossup'
import { type LocalOss, serve } from 'ossup/server'

export async function use(): Promise<UploadResult> {
  const oss: LocalOss = await serve({ data: 'data' })
  const bucket = new Bucket({ name: 'examplebucket', region: 'cn-hangzhou', endpoint: oss.endpoint })
  // @ts-expect-error: a name that is not an option
  await resumableUpload(bucket, 'key', 'file', { partsize: 1 })
  const onProgress = (seen: { confirmedBytes: number }) => void seen.confirmedBytes
  return resumableUpload(bucket, 'key', 'file', { onProgress, partSize: 1024 ** 2 }).catch(error => {
    if (error instanceof OssError) console.log(error.status, error.requestId)
    throw error
  })
}
`

setUp()
const project = mkdtempSync(join(tmpdir(), 'ossup-package-'))
try {
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', project], root)
  const tarball = readdirSync(project).find(name => name.endsWith('.tgz'))
  write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`])
  write('use-library.mjs', useOfLibrary)
  run(process.execPath, ['use-library.mjs'])
  write('use-types.ts', useOfTypes)
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const strict = ['--strict', '--noEmit', '--module', 'NodeNext', '--target', 'ES2022']
  const types = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node']
  run(process.execPath, [compiler, ...strict, ...types, 'use-types.ts'])
  const version = run('npx', ['--no-install', 'ossup', '--version'])
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`ossup --version said '${version}'`)
  console.log(`${tarball}: library, types and command work in an empty project`)
} finally {
  rmSync(project, { recursive: true, force: true })
}

function run(program, args, cwd = project) {
  return execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32' && program !== process.execPath,
  })
}

function write(name, text) {
  writeFileSync(join(project, name), text)
}
