// Uploads a folder of many files with the built command: killed three times, completed, every object
// compared, run again (which must send nothing), and once without kills for the figures.
//
//   node scripts/many-files.mjs [--files 1000] [--seed 1] [--compare] [--latency 30]
//
// With --compare beside loops over ali-oss, one by one and several at a time; with --latency the figures are
// of a network on which a request takes that many milliseconds.
// Sizes are from 0 bytes to 50 MiB, most of them small; names are what people and programs come up with.

import { spawn } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { setup as installPeers } from './install-peers.mjs'
import { namesIn } from './names-in.mjs'
import { seeded } from './seeded.mjs'
import { startSeparateOss } from './separate-oss.mjs'
import { ensureBuild, root } from './setup.mjs'

const { values: flags } = parseArgs({
  options: {
    files: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    compare: { type: 'boolean', default: false },
    latency: { type: 'string', default: '0' },
  },
})
const count = Number(flags.files)
const random = seeded(Number(flags.seed))
const kills = 3
const command = join(root, 'dist', 'cli', 'bin.js')
ensureBuild()
const folder = mkdtempSync(join(tmpdir(), 'ossup-many-'))
const source = join(folder, 'source')
const checkpoints = join(folder, 'checkpoints')
const failures = []

try {
  const files = makeFiles()
  const bytes = [...files.values()].reduce((sum, size) => sum + size, 0)
  console.log(`${count} files, ${mib(bytes)} MiB; seed ${flags.seed}`)
  await withOss(oss => killAndComplete(oss, files))
  await measure('ossup', [command, 'upload', source, 'oss://examplebucket/p/'], files)
  if (flags.compare) {
    installPeers()
    const loop = join(root, 'bench', 'ali-oss-loop.mjs')
    for (const parallel of [1, 8, 32]) {
      await measure(`ali-oss, ${parallel} at a time`, [loop, source, 'p/', String(parallel)], files)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
for (const failure of failures) console.error(failure)
console.log(`${failures.length === 0 ? 1 : 0} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1

async function killAndComplete(oss, files) {
  let confirmed = 0
  let killed = 0
  for (let kill = 1; kill <= kills; kill++) {
    const left = count - confirmed
    const cut = await runUntil(oss, random.between(1, Math.ceil(left / (kills + 1))))
    confirmed += cut.seen
    if (cut.isKilled) killed += 1
  }
  const sizes = [...files.values()]
  const last = await run(oss, uploadArgs())
  if (last.code !== 0) failures.push(`the last run ended with ${last.code}: ${last.text}`)
  const { operations } = await oss.control('GET', 'stats')
  console.log(`killed ${killed} times and completed: ${countsOf(operations)}`)
  const put =
    (operations.PutObject?.requests ?? 0) + (operations.CompleteMultipartUpload?.requests ?? 0)
  // At a kill, at most as many files are in flight as there are connections, and a few more.
  if (put > count + kills * 70) failures.push(`${put} objects were stored for ${count} files`)
  await compare(oss, files)
  const leaked = await oss.unfinished()
  if (leaked.length > 0) failures.push(`leaked upload ids: ${leaked.join(', ')}`)
  const left = namesIn(checkpoints).filter(name => name !== 'stored')
  if (left.length > 0) failures.push(`left in the checkpoint folder: ${left.join(', ')}`)

  await oss.control('DELETE', 'stats')
  const again = await run(oss, uploadArgs())
  const second = (await oss.control('GET', 'stats')).operations
  console.log(`run again: ${seconds(again.tookMs)} s, ${again.rss} MiB; ${countsOf(second)}`)
  const sent = Object.values(second).reduce((sum, { bytesReceived }) => sum + bytesReceived, 0)
  if (again.code !== 0 || sent > 0) failures.push(`run again it sent ${sent} bytes`)
  if (sizes.length > 0 && second.PutObject !== undefined) failures.push('run again it sent files')
}

/** Uploads, and kills the command after `wanted` confirmed files. With few files it may end before that. */
async function runUntil(oss, wanted) {
  const child = spawn(process.execPath, [command, ...uploadArgs(), '--json'], {
    env: oss.env(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let seen = 0
  createInterface({ input: child.stdout }).on('line', line => {
    if (line.includes('"type":"uploaded"') && ++seen === wanted) child.kill('SIGKILL')
  })
  const [code] = await once(child, 'close')
  if (code !== null && code !== 0) failures.push(`it ended with ${code} before it was killed`)
  return { seen, isKilled: code === null }
}

/** Compares every object by size and CRC-64, one in 50 byte by byte. There must be no other objects. */
async function compare(oss, files) {
  let startAfter
  let listed = 0
  do {
    const page = await oss.bucket.listObjects({
      prefix: 'p/',
      maxKeys: 1000,
      ...(startAfter && { startAfter }),
    })
    for (const { key, size } of page.objects) {
      const name = key.slice(2)
      startAfter = key
      if (files.get(name) !== size) {
        failures.push(`${key} has ${size} bytes, not ${files.get(name)}`)
        continue
      }
      const bytes = readFileSync(join(source, name))
      const { crc64 } = await oss.bucket.headObject({ key })
      if (crc64 !== oss.crc64Of(bytes)) failures.push(`${key} has another CRC-64`)
      if (++listed % 50 === 0 && !(await oss.object(key)).bytes.equals(bytes)) {
        failures.push(`${key} is not equal to its file`)
      }
    }
    if (!page.isTruncated) startAfter = undefined
  } while (startAfter !== undefined)
  if (listed !== files.size) failures.push(`${listed} objects for ${files.size} files`)
}

/** One run on a server of its own. */
async function measure(name, args, files) {
  await withOss(async oss => {
    rmSync(checkpoints, { recursive: true, force: true })
    const ms = Number(flags.latency)
    if (ms > 0) await oss.control('PUT', 'faults', [{ kind: 'latency', ms }])
    const own = args[0] === command ? ['--checkpoint-dir', checkpoints] : []
    const { code, tookMs, cpuMs, rss, text } = await run(oss, [...args.slice(1), ...own], args[0])
    await oss.control('DELETE', 'faults')
    if (code !== 0) failures.push(`${name} ended with ${code}: ${text}`)
    const { operations } = await oss.control('GET', 'stats')
    const total = Object.values(operations).reduce((sum, { requests }) => sum + requests, 0)
    const figures = `${seconds(tookMs)} s, ${seconds(cpuMs)} s CPU, ${rss} MiB`
    console.log(`${name}: ${figures}; ${total} requests: ${countsOf(operations)}`)
    if (args[0] === command) await compare(oss, files)
  })
}

function uploadArgs() {
  return ['upload', source, 'oss://examplebucket/p/', '--checkpoint-dir', checkpoints]
}

/** Runs to the end; memory and CPU time are what the process says of itself. */
async function run(oss, args, script = command) {
  const report = `process.on('exit', () => {
    const fs = require('node:fs')
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    // On Linux maxRSS begins with what the parent had; VmHWM is the process's own.
    const own = fs.existsSync('/proc/self/status') && fs.readFileSync('/proc/self/status', 'utf8')
    const rss = own ? Number(/VmHWM:\\s+(\\d+)/.exec(own)[1]) : maxRSS
    fs.writeSync(3, JSON.stringify({ rss, cpu: userCPUTime + systemCPUTime }))
  })`
  const hook = join(folder, 'report.cjs')
  writeFileSync(hook, report)
  const begunAt = performance.now()
  const child = spawn(process.execPath, ['--require', hook, script, ...args], {
    env: oss.env(),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let text = ''
  let usage = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += chunk))
  child.stdio[3].on('data', chunk => (usage += chunk))
  const [code] = await once(child, 'close')
  const { rss = 0, cpu = 0 } = usage === '' ? {} : JSON.parse(usage)
  return {
    code,
    text,
    tookMs: performance.now() - begunAt,
    cpuMs: cpu / 1000,
    rss: Math.round(rss / 1024),
  }
}

/** Names and sizes by chance, files of noise. */
function makeFiles() {
  const files = new Map()
  const folders = [
    '',
    'a b/',
    'ü/',
    '日本/語/',
    'x/y/z/',
    '.hidden/',
    'q?&=#/',
    '100%/+/',
    'UPPER/',
    'upper/',
  ]
  const words = [
    'a',
    'b c',
    'é',
    'e\u0301',
    '😀',
    '\ue000',
    '%2F',
    '+',
    '..x',
    "'",
    '"',
    '$(x)',
    '-',
    '~',
    '&amp;',
    'x'.repeat(120),
  ]
  while (files.size < count) {
    const folderName = `${random.pick(folders)}${random.chance(0.5) ? `${random.between(0, count / 100)}/` : ''}`
    const name = `${folderName}${random.pick(words)}${files.size}${random.pick(['', '.txt', '.jpg', ' ', '.'])}`
    files.set(name, sizeByChance())
  }
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16))
  for (const [name, size] of files) {
    mkdirSync(dirname(join(source, name)), { recursive: true })
    writeFileSync(join(source, name), noise.update(Buffer.alloc(size)))
  }
  return files
}

/** As on most disks: many small ones, few that have most of the bytes. */
function sizeByChance() {
  const share = random.next()
  if (share < 0.02) return 0
  if (share < 0.9) return between(1, 64 * 1024)
  if (share < 0.998) return between(64 * 1024, 1024 ** 2)
  return between(1024 ** 2, 50 * 1024 ** 2)
}

/** Evenly on a logarithmic scale. */
function between(min, max) {
  return Math.floor(min * (max / min) ** random.next())
}

async function withOss(work) {
  const oss = await startSeparateOss()
  try {
    await work(oss)
  } finally {
    await oss.close()
  }
}

function countsOf(operations) {
  return Object.entries(operations)
    .map(([name, { requests }]) => `${requests} ${name}`)
    .join(', ')
}

function seconds(ms) {
  return (ms / 1000).toFixed(1)
}

function mib(bytes) {
  return Math.round(bytes / 1024 ** 2)
}
