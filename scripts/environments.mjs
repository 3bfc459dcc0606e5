// The same upload and download (test/environments/use.cjs) in every environment that people run the packed package in:
// test runners, bundlers, old compilers, and processes that lack something.
//
//   node scripts/environments.mjs            all of them
//   node scripts/environments.mjs jest       those whose names hold a word

import { execFile, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root, setUp } from './setup.mjs'

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const isLinux = process.platform === 'linux'
const isRoot = process.getuid?.() === 0
const sources = join(root, 'test', 'environments')
const keys = { OSS_ACCESS_KEY_ID: 'environment', OSS_ACCESS_KEY_SECRET: 'secret' }

setUp()
const scratch = mkdtempSync(join(tmpdir(), 'ossup-environments-'))
// For processes of another user.
mkdirSync(join(scratch, 'home'))
const tarball = await pack()
/** Projects that are installed, by name. */
const projects = new Map()

/** Name, what has to hold for it to run here, and what runs. */
const environments = [
  ['node:test', true, () => node('plain', '--test', 'node-test.mjs')],
  ['a worker thread that is ended', true, () => node('plain', 'worker.mjs')],
  ['the locale C', true, () => node('plain', { env: { LANG: 'C', LC_ALL: 'C' } }, 'run.mjs')],
  ...['threads', 'forks', 'vmThreads', 'vmForks'].map(pool => [
    `Vitest, ${pool}`,
    true,
    () => vitest(pool),
  ]),
  ['Jest, CommonJS', true, () => jest('common.test.cjs')],
  ['Jest, ES modules', true, () => jest('modules.test.mjs', '--experimental-vm-modules')],
  ['ts-jest, moduleResolution node', true, () => jest('typed.test.ts')],
  ...['webpack', 'vite', 'esbuild', 'esbuild-cjs'].map(name => [name, true, () => bundled(name)]),
  ['TypeScript 5.0, node', true, () => typed('5.0', 'node', 'commonjs')],
  ['TypeScript 5.0, nodenext', true, () => typed('5.0', 'nodenext', 'nodenext')],
  ['TypeScript 5.9, node', true, () => typed('5.9', 'node', 'commonjs')],
  ['TypeScript 5.9, bundler', true, () => typed('5.9', 'bundler', 'esnext')],
  ['a user without a home folder', isLinux && isRoot, withoutHome],
  ['a read-only root', isLinux && isRoot && has('unshare'), readOnlyRoot],
  ['40 descriptors', isLinux, fewDescriptors],
  ['a terminal in the background', isLinux && has('script'), background],
]

const wanted = environments.filter(([name]) => name.includes(process.argv[2] ?? ''))
let passed = 0
let failed = 0
try {
  for (const [name, isPossible, run] of wanted) {
    if (!isPossible) {
      console.log(`- ${name}: cannot run here`)
      continue
    }
    const fault = await run().then(
      () => undefined,
      error => `${error.stdout ?? ''}${error.stderr ?? ''}` || String(error),
    )
    console.log(`${fault === undefined ? '✓' : '✗'} ${name}`)
    if (fault !== undefined) console.error(fault.slice(-4000))
    passed += fault === undefined ? 1 : 0
    failed += fault === undefined ? 0 : 1
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function pack() {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', scratch]
  await run(npm, args, { cwd: root })
  const name = readdirSync(scratch).find(name => name.endsWith('.tgz'))
  return join(scratch, name)
}

/** Installs a project of test/environments, with the packed package in it, once. Gives its folder. */
function project(name) {
  if (!projects.has(name)) projects.set(name, install(name))
  return projects.get(name)
}

async function install(name) {
  const folder = join(scratch, name)
  cpSync(join(sources, name), folder, { recursive: true })
  cpSync(join(sources, 'use.cjs'), join(folder, 'use.cjs'))
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--silent']
  if (existsSync(join(folder, 'package-lock.json')))
    await run(npm, ['ci', ...quiet], { cwd: folder })
  else writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await run(npm, ['install', '--no-save', ...quiet, tarball], { cwd: folder })
  return folder
}

/** Runs this Node.js in a project. */
async function node(name, ...args) {
  const { env } = typeof args[0] === 'object' ? args.shift() : {}
  return run(process.execPath, args, { cwd: await project(name), env: { ...process.env, ...env } })
}

async function vitest(pool) {
  const folder = await project('plain')
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = ['run', '--root', folder, '--globals', '--pool', pool, 'use.test.mjs']
  return run(process.execPath, [program, ...args], { cwd: folder })
}

async function jest(file, ...flags) {
  const folder = await project('jest')
  const program = join('node_modules', 'jest', 'bin', 'jest.js')
  const preset = file.endsWith('.ts') ? ['--preset', 'ts-jest'] : ['--transform', '{}']
  const args = [...flags, program, '--rootDir', folder, '--testMatch', `**/${file}`, ...preset]
  return run(process.execPath, [...args, '--no-cache'], { cwd: folder })
}

async function bundled(name) {
  const folder = await project('bundlers')
  await run(process.execPath, ['bundle.mjs', name], { cwd: folder })
  // Away from node_modules: all of the library has to be in the bundle.
  const alone = mkdtempSync(join(scratch, 'alone-'))
  cpSync(join(folder, `out-${name}`), alone, { recursive: true })
  const program = readdirSync(alone).find(file => /^out\.[cm]js$/.test(file))
  return run(process.execPath, [program], { cwd: alone })
}

async function typed(version, resolution, module) {
  const folder = await project('types')
  const compiler = join('node_modules', `typescript-${version}`, 'bin', 'tsc')
  const args = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node']
  const how = ['--moduleResolution', resolution, '--module', module]
  return run(process.execPath, [compiler, ...args, ...how, 'use.ts'], { cwd: folder })
}

async function withoutHome() {
  const cwd = await project('plain')
  const { HOME: _, ...env } = process.env
  await run('chmod', ['-R', 'a+rX', scratch])
  return run(process.execPath, ['run.mjs'], { cwd, env, uid: 34_567, gid: 34_567 })
}

/** All file systems read-only but the temporary folder, as in a hardened container. */
async function readOnlyRoot() {
  const cwd = await project('plain')
  const script = [
    'mount --make-rprivate /',
    'mount -t tmpfs tmpfs /mnt',
    'mount -o remount,bind,ro /',
    'if touch /etc/ossup-probe 2>/dev/null; then echo "the root can be written"; exit 1; fi',
    `TMPDIR=/mnt HOME=/nonexistent exec "${process.execPath}" run.mjs`,
  ]
  return run('unshare', ['--mount', 'sh', '-ec', script.join('\n')], { cwd })
}

async function fewDescriptors() {
  const cwd = await project('plain')
  return withServer(endpoint => {
    const script = `ulimit -n 40; exec "${process.execPath}" descriptors.mjs ${endpoint}`
    return run('bash', ['-c', script], { cwd, env: { ...process.env, ...keys } })
  })
}

/** A command in the background of a terminal must neither stop nor draw. */
async function background() {
  const cwd = await project('plain')
  writeFileSync(join(cwd, 'large.bin'), Buffer.alloc(3_000_000, 'content '))
  return withServer(async endpoint => {
    const bin = join(cwd, 'node_modules', 'ossup', 'dist', 'cli', 'bin.js')
    const to = `oss://examplebucket/background --endpoint ${endpoint} --region cn-hangzhou`
    const upload = `"${process.execPath}" "${bin}" upload large.bin ${to} --bandwidth 2MiB --checkpoint-dir c`
    const job = `set -m; ${upload} & wait $!; echo "ended with $?"`
    const env = { ...process.env, ...keys, TERM: 'xterm-256color' }
    const { stdout } = await run('script', ['-qec', `bash -c '${job}'`, '/dev/null'], { cwd, env })
    if (!stdout.includes('ended with 0')) throw new Error(stdout)
    if (stdout.includes('\x1b[?25l')) throw new Error(`It has drawn: ${JSON.stringify(stdout)}`)
  })
}

/** A local OSS in a process of its own, which has all the descriptors that it needs. */
async function withServer(use) {
  const args = ['serve', '--port', '0', '--json', '--create-buckets']
  const bin = join(root, 'dist', 'cli', 'bin.js')
  const options = { env: { ...process.env, ...keys }, stdio: ['ignore', 'pipe', 'inherit'] }
  const server = spawn(process.execPath, [bin, ...args], options)
  try {
    const endpoint = await new Promise((resolve, reject) => {
      let said = ''
      server.stdout.on('data', data => {
        said += data
        const [, port] = /"port":(\d+)/.exec(said) ?? []
        if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
      })
      server.on('exit', code => reject(new Error(`The local OSS ended with ${code}`)))
    })
    return await use(endpoint)
  } finally {
    server.kill()
  }
}

function has(program) {
  return (process.env.PATH ?? '').split(':').some(folder => existsSync(join(folder, program)))
}

async function run(program, args, options = {}) {
  const shell = program === npm && process.platform === 'win32'
  const limits = { maxBuffer: 64 * 1024 ** 2, timeout: 300_000 }
  const running = promisify(execFile)(program, args, { ...limits, shell, ...options })
  // Some programs wait for its end.
  running.child.stdin.end()
  return running
}
