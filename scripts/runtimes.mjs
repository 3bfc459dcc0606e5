// The packed package on every runtime that it is for. For each, its binary comes out of an npm package
// into a temporary folder, and an empty project is used on it as its users do: an upload in parts is
// killed and continued, the local OSS serves, the command uploads, lists and reads.
//
//   node scripts/runtimes.mjs            all of them
//   node scripts/runtimes.mjs bun        those whose names hold a word

import { execFile, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { namesIn } from './names-in.mjs'
import { root, setUp } from './setup.mjs'

const isWindows = process.platform === 'win32'
const exe = isWindows ? '.exe' : ''
const nodePlatform = isWindows ? 'win' : process.platform
const bunArch = process.arch === 'arm64' ? 'aarch64' : process.arch
const bunPlatform = isWindows ? 'windows' : process.platform
const denoPlatform =
  process.platform === 'linux'
    ? `linux-${process.arch}-glibc`
    : `${process.platform}-${process.arch}`

/** Where npm has each runtime for this machine. Their installers are not run: they would download. */
const runtimes = [
  ...[20, 22, 24, 26].map(version => ({
    name: `Node.js ${version}`,
    spec: `node-${nodePlatform}-${process.arch}@${version}`,
    binary: `bin/node${exe}`,
    before: [],
  })),
  {
    name: 'Bun',
    spec: `@oven/bun-${bunPlatform}-${bunArch}`,
    binary: `bin/bun${exe}`,
    before: [],
  },
  { name: 'Deno', spec: `@deno/${denoPlatform}`, binary: `deno${exe}`, before: ['run', '-A'] },
]

const size = 4 * 1024 ** 2 + 17
const partSize = 256 * 1024

/** Uploads in parts, slowly the first time, so that there is time to kill it. */
const useOfUpload = `
import { Bucket, resumableUpload } from 'ossup'

const [, , endpoint, bandwidth] = process.argv
const bucket = new Bucket({ name: 'examplebucket', region: 'cn-hangzhou', endpoint })
const { resumed, verified, sentBytes } = await resumableUpload(bucket, 'file.bin', 'file.bin', {
  checkpointDir: 'checkpoints', partSize: ${partSize}, multipartThreshold: 1, concurrency: 2,
  ...(bandwidth && { bandwidth: Number(bandwidth) }),
  onEvent: event => { if (event.type === 'part') console.log('part', event.partNumber) },
})
console.log(JSON.stringify({ resumed, verified, sentBytes }))
`

/** The rest of what an upload may be made of, against the local OSS on the same runtime. */
const useOfLibrary = `
import { tracingChannel } from 'node:diagnostics_channel'
import { createReadStream } from 'node:fs'
import { Bucket, OptionError, resumableUpload } from 'ossup'
import { serve } from 'ossup/server'

const oss = await serve({ buckets: ['examplebucket'] })
const { endpoint, region, key: credentials } = oss
const bucket = new Bucket({ name: 'examplebucket', endpoint, region, credentials })
let requests = 0
const nothing = () => {}
tracingChannel('ossup:request').subscribe({
  start: () => requests++, end: nothing, asyncStart: nothing, asyncEnd: nothing, error: nothing,
})
const options = { checkpointDir: 'own', partSize: ${partSize}, multipartThreshold: 1 }
const sources = { path: 'file.bin', stream: createReadStream('file.bin'), blob: new Blob(['abc']) }
for (const [key, source] of Object.entries(sources)) {
  const done = await resumableUpload(bucket, key, source, options)
  const head = await bucket.headObject({ key })
  if (done.verified !== 'crc64' || head.crc64 !== done.crc64) throw new Error(key)
}
const pause = new AbortController()
const reason = new Error('pause')
const paused = await resumableUpload(bucket, 'paused', 'file.bin', {
  ...options, concurrency: 1, signal: pause.signal,
  onEvent: event => { if (event.type === 'part') pause.abort(reason) },
}).catch(error => error)
if (paused !== reason) throw paused
const done = await resumableUpload(bucket, 'paused', 'file.bin', options)
if (done.resumed.parts < 1) throw new Error('it began anew')
await bucket.putObject({ key: 'text', body: 'text' })
const refused = await bucket.putObject({ key: 'text', body: 42 }).catch(error => error)
if (!(refused instanceof OptionError)) throw refused
if (requests < 10) throw new Error(\`\${requests} requests were published\`)
await oss.close()
`

setUp()
const { serve } = await import('../dist/server/index.js')
const words = process.argv.slice(2)
const chosen = runtimes.filter(({ name }) =>
  words.every(word => name.toLowerCase().includes(word.toLowerCase())),
)
const folder = mkdtempSync(join(tmpdir(), 'ossup-runtimes-'))
const project = join(folder, 'project')
const oss = await serve({ buckets: ['examplebucket'] })
let passed = 0
let failed = 0
const missing = []
try {
  makeProject()
  for (const runtime of chosen) await tryRuntime(runtime)
} finally {
  await oss.close()
  rmSync(folder, { recursive: true, force: true })
}
for (const line of missing) console.log(line)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function makeProject() {
  mkdirSync(project)
  npm(root, 'pack', '--silent', '--ignore-scripts', '--pack-destination', project)
  const tarball = namesIn(project).find(name => name.endsWith('.tgz'))
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  npm(project, 'install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`)
  writeFileSync(join(project, 'upload.mjs'), useOfUpload)
  writeFileSync(join(project, 'library.mjs'), useOfLibrary)
}

async function tryRuntime(runtime) {
  const home = join(folder, 'runtime')
  const program = fetchRuntime(runtime, home)
  try {
    if (program === undefined) return
    const run = [program, ...runtime.before]
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0]
    writeFileSync(join(project, 'file.bin'), randomBytes(size))
    for (const name of ['checkpoints', 'own']) {
      rmSync(join(project, name), { recursive: true, force: true })
    }
    const kept = await killAndContinue(run)
    await call(run, 'library.mjs')
    await useCommand(run)
    console.log(
      `✓ ${runtime.name} (${version}): killed and continued, ${kept} of ${size} bytes not sent again; library, local OSS, command`,
    )
    passed += 1
  } catch (error) {
    console.log(`✗ ${runtime.name}: ${error.message}\n${error.stderr ?? ''}`)
    failed += 1
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The path of its binary; `undefined` if npm has none for this machine, which the last lines say. */
function fetchRuntime({ name, spec, binary }, home) {
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), '{ "private": true }')
  try {
    npm(home, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', spec)
  } catch (error) {
    const reason = /npm error (?!code)(.*)/.exec(error.stderr ?? '')?.[1] ?? error.message
    missing.push(`– ${name} was not tried: ${spec} cannot be had (${reason})`)
    return undefined
  }
  return join(home, 'node_modules', spec.replace(/(?<=.)@.*$/, ''), binary)
}

/** Kills an upload without a warning once some parts are confirmed, and continues it. */
async function killAndContinue(run) {
  const [program, ...before] = run
  // OSS answers no further part before the kill, however late it comes.
  oss.faults.set([{ kind: 'latency', ms: 30_000, operations: ['UploadPart'], skip: 3 }])
  const child = spawn(
    program,
    [...before, 'upload.mjs', oss.endpoint, String(1024 ** 2)],
    inProject(),
  )
  let said = ''
  child.stdout.on('data', data => {
    said += data
    if ((said.match(/part/g) ?? []).length >= 3) child.kill('SIGKILL')
  })
  child.stderr.on('data', data => {
    said += data
  })
  const [, signal] = await new Promise(resolve => {
    child.on('close', (...end) => resolve(end))
  })
  oss.faults.set([])
  if (signal !== 'SIGKILL') throw new Error(`it ended before it was killed: ${said}`)
  const { stdout } = await call(run, 'upload.mjs', oss.endpoint)
  const { resumed, verified, sentBytes } = JSON.parse(stdout.trim().split('\n').at(-1))
  const isContinued = resumed.parts >= 3 && resumed.bytes + sentBytes === size
  if (!isContinued || verified !== 'crc64') throw new Error(`it was not continued: ${stdout}`)
  return resumed.bytes
}

async function useCommand(run) {
  const bin = join('node_modules', 'ossup', 'dist', 'cli', 'bin.js')
  const url = 'oss://examplebucket/command.bin'
  await call(
    run,
    bin,
    'upload',
    'file.bin',
    url,
    '--multipart-threshold',
    '1MiB',
    '--part-size',
    '1MiB',
  )
  const { stdout: listed } = await call(run, bin, 'ls', 'oss://examplebucket/')
  if (!listed.includes('command.bin')) throw new Error(`ls said ${listed}`)
  const { stdout: bytes } = await call(run, bin, 'cat', url)
  const isSame = Buffer.from(bytes, 'latin1').equals(readFileSync(join(project, 'file.bin')))
  if (!isSame) throw new Error('cat gave other bytes')
}

function call([program, ...before], ...args) {
  const options = {
    ...inProject(),
    encoding: 'latin1',
    maxBuffer: 64 * 1024 ** 2,
    timeout: 120_000,
  }
  return promisify(execFile)(program, [...before, ...args], options)
}

function inProject() {
  const env = {
    ...process.env,
    HOME: project,
    NO_COLOR: '1',
    OSS_ENDPOINT: oss.endpoint,
    OSS_REGION: 'cn-hangzhou',
    OSS_ACCESS_KEY_ID: oss.key.accessKeyId,
    OSS_ACCESS_KEY_SECRET: oss.key.accessKeySecret,
  }
  return { cwd: project, env }
}

function npm(cwd, ...args) {
  return execFileSync(isWindows ? 'npm.cmd' : 'npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: isWindows,
  })
}
