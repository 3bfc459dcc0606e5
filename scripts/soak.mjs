// A thousand uploads in one process: in parts, whole, stopped, refused, cut off. Memory and file
// descriptors stay flat, no rejection goes unhandled, and the process ends by itself: no timer and no
// socket holds it.
//
//   node --expose-gc scripts/soak.mjs [uploads]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { namesIn } from './names-in.mjs'
import { seeded } from './seeded.mjs'
import { startSeparateOss } from './separate-oss.mjs'
import { ensureBuild } from './setup.mjs'

ensureBuild()
const { Bucket, resumableUpload } = await import('../dist/runtimes/node/index.js')

const partSize = 100 * 1024
const uploads = Number(process.argv[2] ?? 1000)
const samples = 10
/** Caches fill and code is compiled in the beginning; what grows after that would grow for ever. */
const settled = 3
const heapGrowthMax = 4 * 1024 ** 2
const residentGrowthMax = 32 * 1024 ** 2

const unhandled = []
process.on('unhandledRejection', reason => unhandled.push(reason))
const warnings = []
process.on('warning', warning => warnings.push(warning))

const oss = await startSeparateOss()
const folder = mkdtempSync(join(tmpdir(), 'ossup-soak-'))
const checkpointDir = join(folder, 'checkpoints')
const random = seeded(1)
const file = join(folder, 'file.bin')
const content = Buffer.alloc(7 * partSize + 11, 'ossup')
writeFileSync(file, content)
const bucket = new Bucket({
  name: oss.bucket.name,
  region: oss.bucket.region,
  endpoint: oss.endpoint,
  credentials: oss.key,
})
const small = Buffer.alloc(1000, 'x')
const options = { checkpointDir, partSize, multipartThreshold: 2 * partSize }

/** What becomes of an upload; each leaves nothing behind. */
const fates = [
  key => resumableUpload(bucket, key, file, options),
  key => resumableUpload(bucket, key, small, options),
  key => resumableUpload(bucket, key, pieces(content), options),
  key => Promise.all([0, 1, 2].map(() => resumableUpload(bucket, key, file, options))),
  async key => {
    const stop = new AbortController()
    const onEvent = ({ type }) => type === 'part' && stop.abort(new Error('stop'))
    await resumableUpload(bucket, key, file, { ...options, signal: stop.signal, onEvent }).catch(
      () => {},
    )
    await resumableUpload(bucket, key, file, options)
  },
  async key => {
    await oss.control('PUT', 'faults', [
      { kind: 'reset-request', afterBytes: 5000, operations: ['UploadPart'], times: 1 },
      { kind: 'lose-answer', operations: ['CompleteMultipartUpload'], times: 1 },
    ])
    await resumableUpload(bucket, key, file, options)
    await oss.control('DELETE', 'faults')
  },
  async key => {
    await resumableUpload(bucket, key, join(folder, 'missing'), options).catch(() => {})
    await resumableUpload(bucket, key, small, options)
  },
]

const seen = []
for (let count = 1; count <= uploads; count++) {
  const key = `soak/${count}`
  await random.pick(fates)(key)
  await oss.bucket.deleteObject({ key })
  if (count % Math.max(1, Math.floor(uploads / samples)) === 0) seen.push(await measure(count))
}
const left = [...(await oss.unfinished()), ...namesIn(checkpointDir)]
await oss.close()
rmSync(folder, { recursive: true, force: true })
report()

async function measure(count) {
  globalThis.gc?.()
  await new Promise(resolve => setTimeout(resolve, 10))
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  return { count, heapUsed, rss, descriptors: descriptors() }
}

function descriptors() {
  return namesIn('/proc/self/fd').length
}

function report() {
  for (const { count, heapUsed, rss, descriptors } of seen) {
    console.log(
      `${count} uploads: heap ${mib(heapUsed)}, resident ${mib(rss)}, ${descriptors} descriptors`,
    )
  }
  const first = seen[Math.min(settled, seen.length) - 1]
  const last = seen.at(-1)
  const complaints = [
    ...unhandled.map(reason => `unhandled rejection: ${reason}`),
    ...warnings.map(warning => `warning: ${warning}`),
    ...left.map(what => `left behind: ${what}`),
    last.descriptors > first.descriptors + 4 && 'file descriptors grow',
    globalThis.gc && last.heapUsed > first.heapUsed + heapGrowthMax && 'the heap grows',
    last.rss > first.rss + residentGrowthMax && 'resident memory grows',
  ].filter(Boolean)
  // If something keeps this process alive now, it would also keep a user's process alive.
  const held = setTimeout(() => {
    console.error(`still there: ${process.getActiveResourcesInfo().join(', ')}`)
    process.exit(1)
  }, 15_000)
  held.unref()
  for (const complaint of complaints) console.error(complaint)
  const what = complaints.length === 0 ? 'flat' : 'NOT flat'
  console.log(
    `${uploads} uploads: ${what}; heap ${mib(first.heapUsed)} to ${mib(last.heapUsed)}, resident ${mib(first.rss)} to ${mib(last.rss)}, descriptors ${first.descriptors} to ${last.descriptors}, ${unhandled.length} unhandled rejections`,
  )
  process.exitCode = complaints.length === 0 ? 0 : 1
}

function mib(bytes) {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}

async function* pieces(bytes) {
  for (let at = 0; at < bytes.length; at += 60_000) yield bytes.subarray(at, at + 60_000)
}
