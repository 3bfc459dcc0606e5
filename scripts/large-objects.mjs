// Objects of nothing, of one byte, around the threshold for parts, and of many GiB, through the built
// command against the local OSS: uploaded, verified, downloaded, compared by SHA-256; then one bit of the
// copy is turned over, which verify has to notice. Needs three times the largest size on disk.
//
//   node scripts/large-objects.mjs [--size 1GiB]

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seeded } from './seeded.mjs'
import { startSeparateOss } from './separate-oss.mjs'
import { ensureBuild, root } from './setup.mjs'

const MiB = 1024 ** 2
const threshold = 10 * MiB
const { values: flags } = parseArgs({ options: { size: { type: 'string', default: '1GiB' } } })
const largest = Number(/^(\d+)GiB$/.exec(flags.size)?.[1]) * 1024 * MiB
if (!(largest > 0)) throw new Error('--size is a whole number of GiB, as 5GiB')
const sizes = [0, 1, threshold - 1, threshold, threshold + 1, largest]

ensureBuild()
const bin = join(root, 'dist', 'cli', 'bin.js')
const random = seeded(1)
const folder = mkdtempSync(join(tmpdir(), 'ossup-large-'))
const copies = join(folder, 'copies')
mkdirSync(copies)
const oss = await startSeparateOss({ data: join(folder, 'data') })
const env = { ...oss.env(), HOME: folder }
let failed = 0
try {
  for (const size of sizes) await check(size)
} finally {
  await oss.close()
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${sizes.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function check(size) {
  const source = join(folder, `${size}.bin`)
  const address = `oss://examplebucket/${size}.bin`
  const copy = join(copies, `${size}.bin`)
  const measured = []
  const run = async (code, name, ...args) => {
    const ended = await ossup(name, ...args)
    if (ended.code !== code) {
      throw new Error(`${name} ended with ${ended.code}, not ${code}: ${ended.stderr}`)
    }
    measured.push(`${name} ${ended.seconds.toFixed(1)} s, ${Math.round(ended.peak / MiB)} MiB`)
  }
  try {
    await makeFile(source, size)
    await run(0, 'upload', source, address)
    await run(0, 'verify', source, address)
    await run(0, 'download', address, `${copies}/`)
    if ((await sha256(copy)) !== (await sha256(source))) throw new Error('the copy differs')
    rmSync(source)
    if (size > 0) {
      await turnBitOver(copy, size)
      await run(6, 'verify', copy, address)
    }
    console.log(`${size} bytes: ${measured.join('; ')}`)
  } catch (error) {
    failed += 1
    console.error(`${size} bytes: ${error.message}`)
  } finally {
    for (const file of [source, copy]) rmSync(file, { force: true })
    await oss.bucket.deleteObject({ key: `${size}.bin` })
  }
}

/** A sparse file with islands of noise, so that no two ranges are alike and none is at another's place. */
async function makeFile(path, size) {
  const file = await open(path, 'w')
  await file.truncate(size)
  for (let at = 0; at < size; at += 3 * MiB + random.between(0, MiB)) {
    const island = Buffer.from(Array.from({ length: Math.min(4096, size - at) }, byte))
    await file.write(island, 0, island.length, at)
  }
  await file.write(Buffer.from([1]), 0, size > 0 ? 1 : 0, Math.max(0, size - 1))
  await file.close()
}

function byte() {
  return random.between(0, 255)
}

async function turnBitOver(path, size) {
  const file = await open(path, 'r+')
  const at = Math.floor(size / 2)
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
  buffer[0] ^= 1
  await file.write(buffer, 0, 1, at)
  await file.close()
}

async function sha256(path) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: MiB })) hash.update(chunk)
  return hash.digest('hex')
}

/** Runs the command; `peak` is the most memory that it was seen to hold. */
async function ossup(...args) {
  const begun = performance.now()
  const child = spawn(process.execPath, [bin, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, memoryOf(child.pid))
  }, 50)
  const [code] = await once(child, 'close')
  clearInterval(watch)
  return { code, stderr, peak, seconds: (performance.now() - begun) / 1000 }
}

/** Bytes; 0 where the system does not tell. */
function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
