// Debian's Go SDK for OSS against the local OSS: put, get, ranges, list, copy, multipart with resume, wrong
// credentials. (The packaged version cannot sign URLs; ali-oss tests those.) Needs the packages golang-go and golang-github-aliyun-aliyun-oss-go-sdk-dev.
//
//   node scripts/go-sdk.mjs

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleServer } from './local-server.mjs'

const packages = 'golang-go golang-github-aliyun-aliyun-oss-go-sdk-dev'
const source = fileURLToPath(new URL('../test/e2e/go-sdk', import.meta.url))
const key = { accessKeyId: 'go-sdk', accessKeySecret: 'go-sdk-secret' }

if (!existsSync('/usr/share/gocode/src/github.com/aliyun/aliyun-oss-go-sdk')) {
  console.log(`The Go SDK is missing: apt-get install ${packages}`)
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'ossup-go-'))
const server = bundleServer()
let oss
try {
  const program = join(folder, 'go-sdk')
  run('go', ['build', '-o', program, '.'], {
    cwd: source,
    env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' },
  })
  oss = await server.start({
    keys: [key],
    data: join(folder, 'data'),
    // What the program resumes from.
    faults: [{ kind: 'error', operations: ['UploadPart'], skip: 2, times: 1 }],
  })
  // In UTC, this version of the SDK rejects its own checkpoint as another file's and starts again.
  const env = { ...process.env, TZ: 'Asia/Shanghai' }
  run(program, [oss.endpoint, key.accessKeyId, key.accessKeySecret, folder], { env })
  console.log('1 passed, 0 failed')
} catch (error) {
  console.log(error instanceof Error ? error.message : error)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
} finally {
  await oss?.kill('SIGTERM')
  server.remove()
  rmSync(folder, { recursive: true, force: true })
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}`)
}
