// Kills the built command with SIGKILL at random moments, again and again, and checks what the contract
// promises of it: the object is equal, nothing that OSS had confirmed is sent again, no upload and no
// file is left behind. Cuts connections and tears journals on the way.
//
//   npm run kill-uploads -- --kills 200 [--seed 1] [--torn 0.25] [--verbose]
//
// Every choice comes from the seed; the moments at which signals arrive are the machine's own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { namesIn } from './names-in.mjs'
import { parseLine } from './parse-line.mjs'
import { seeded } from './seeded.mjs'
import { startSeparateOss } from './separate-oss.mjs'
import { ensureBuild, root } from './setup.mjs'

const partSize = 100 * 1024
const bin = join(root, 'dist', 'cli', 'bin.js')
const { values: flags } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    torn: { type: 'string', default: '0.25' },
    parts: { type: 'string', default: '500' },
    verbose: { type: 'boolean', default: false },
  },
})
const killsWanted = Number(flags.kills)
const tornShare = Number(flags.torn)
const random = seeded(Number(flags.seed))
const folder = mkdtempSync(join(tmpdir(), 'ossup-kills-'))
ensureBuild()
const oss = await startSeparateOss()
const totals = {
  uploads: 0,
  runs: 0,
  kills: 0,
  killedWhile: {},
  torn: 0,
  faults: 0,
  bytes: 0,
  resentBytes: 0,
  allowedBytes: 0,
}
const failures = []

/** Events that a story of a failure needs. */
const told = new Set(['resumed', 'round', 'warning'])

/** When a signal is sent: by the clock, or by what the command says that it does. */
const moments = [
  () => ({ afterMs: random.between(50, 1500) }),
  () => ({ afterMs: random.between(100, 600) }),
  () => ({ event: 'begin', delayMs: random.between(0, 40) }),
  () => ({ event: 'started', delayMs: random.between(0, 3) }),
  () => ({ event: 'resumed', delayMs: random.between(0, 30) }),
  () => ({ event: 'part', parts: random.between(1, 60), delayMs: random.between(0, 20) }),
  () => ({ event: 'part', parts: random.between(1, 200), delayMs: random.between(0, 200) }),
  () => ({ event: 'completing', delayMs: 0 }),
  () => ({ event: 'completing', delayMs: random.between(1, 60) }),
]

/** What the network does meanwhile. */
const networks = [
  [],
  [{ kind: 'latency', ms: 2, spreadMs: 20 }],
  [{ kind: 'slow-answer', ms: 40, operations: ['CompleteMultipartUpload'] }],
  [{ kind: 'reset-request', afterBytes: 30_000, rate: 0.03, operations: ['UploadPart'] }],
  [
    { kind: 'lose-answer', rate: 0.03 },
    { kind: 'slow-answer', ms: 100, operations: ['CompleteMultipartUpload'] },
  ],
  [{ kind: 'lose-answer', times: 1, operations: ['CompleteMultipartUpload'] }],
  [{ kind: 'lose-answer', times: 1, operations: ['InitiateMultipartUpload'] }],
  [{ kind: 'error', rate: 0.03 }],
]
const startedAt = performance.now()

try {
  while (totals.kills < killsWanted && failures.length === 0) await killOneUpload()
} finally {
  await oss.close()
  rmSync(folder, { recursive: true, force: true })
}
report()

/** One file, uploaded by as many runs as it takes. */
async function killOneUpload() {
  const name = `upload-${totals.uploads}`
  const parts = random.between(50, Number(flags.parts))
  const bytes = sparse(parts * partSize - random.between(0, partSize - 1))
  const file = join(folder, `${name}.bin`)
  const checkpoints = join(folder, `${name}-checkpoints`)
  const concurrency = random.between(1, 8)
  const kills = random.between(1, 6)
  const faults = random.pick(networks)
  writeFileSync(file, bytes)
  mkdirSync(checkpoints)
  await oss.control('PUT', 'faults', faults)
  await oss.control('DELETE', 'stats')
  const args = [
    'upload',
    file,
    `oss://${oss.bucket.name}/${name}`,
    '--json',
    '--part-size',
    '100KiB',
  ]
  args.push(
    '--multipart-threshold',
    '1MiB',
    '--concurrency',
    String(concurrency),
    '--checkpoint-dir',
    checkpoints,
  )
  if (random.chance(0.2)) args.push('--verify')
  const story = [`${parts} parts, concurrency ${concurrency}, faults ${JSON.stringify(faults)}`]
  let cuts = 0
  let killed = 0
  totals.uploads++
  for (let run = 1; ; run++) {
    if (run > 40) return fail(name, story, 'it does not come to an end')
    const kill = run <= kills ? random.pick(moments)() : undefined
    const outcome = await runCommand(args, kill)
    totals.runs++
    cuts += outcome.retries
    story.push(
      `run ${run}: ${outcome.what}, ${outcome.parts} parts confirmed${outcome.notes.join('')}`,
    )
    if (outcome.code === 0) break
    if (outcome.killed) {
      totals.kills++
      killed++
      totals.killedWhile[outcome.phase] = (totals.killedWhile[outcome.phase] ?? 0) + 1
      // The journal goes when the object is stored: then it was over, and another run would be another upload.
      if (!namesIn(checkpoints).some(isJournal) && (await oss.object(name)) !== undefined) {
        rmSync(checkpoints, { recursive: true })
        mkdirSync(checkpoints)
        break
      }
      if (random.chance(tornShare)) story.push(tear(checkpoints))
    } else if (outcome.code !== 5) {
      return fail(name, story, outcome.text)
    }
  }
  await check({ name, file, bytes, checkpoints, story, concurrency, cuts, killed })
}

async function check({ name, file, bytes, checkpoints, story, concurrency, cuts, killed }) {
  const complaints = []
  const { operations } = await oss.control('GET', 'stats')
  await oss.control('DELETE', 'faults')
  const stored = await oss.object(name)
  if (!stored?.bytes.equals(bytes)) complaints.push('the object is not equal to the file')
  if (stored?.crc64 !== oss.crc64Of(bytes)) complaints.push(`the CRC-64 at OSS is ${stored?.crc64}`)
  const leaked = await oss.unfinished()
  if (leaked.length > 0) complaints.push(`leaked upload ids: ${leaked.join(', ')}`)
  const left = namesIn(checkpoints)
  if (left.length > 0) complaints.push(`left in the checkpoint folder: ${left.join(', ')}`)
  const resent = Math.max(0, operations.UploadPart.bytesReceived - bytes.length)
  const allowed = (killed * concurrency + cuts) * partSize
  if (resent > allowed)
    complaints.push(`${resent} bytes were sent again; in flight were ${allowed}`)
  totals.bytes += bytes.length
  totals.resentBytes += resent
  totals.allowedBytes += allowed
  if (complaints.length > 0) return fail(name, story, complaints.join('; '))
  if (flags.verbose) console.log(`${name}: ${story.join('\n  ')}`)
  await oss.bucket.deleteObject({ key: name })
  rmSync(file)
  rmSync(checkpoints, { recursive: true })
}

/** Random runs of bytes with zeros between them, as disk images have: many parts are equal. */
function sparse(size) {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += 64 * 1024) {
    if (random.chance(0.4)) continue
    for (let word = at; word + 4 <= Math.min(size, at + 4096); word += 4) {
      bytes.writeUInt32LE(random.between(0, 2 ** 32 - 1), word)
    }
  }
  return bytes
}

/** Runs the command until it ends, or until the moment that `kill` resolves to. */
async function runCommand(args, kill) {
  const child = spawn(process.execPath, [bin, ...args], {
    env: oss.env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seen = { phase: 'starting', parts: 0, retries: 0, last: '', killed: false, notes: [] }
  const strike = () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    seen.killed = child.kill('SIGKILL')
  }
  let timer
  if (kill?.afterMs !== undefined) timer = setTimeout(strike, kill.afterMs)
  let errors = ''
  child.stderr.on('data', text => {
    errors += text
  })
  createInterface({ input: child.stdout }).on('line', line => {
    const event = parseLine(line)
    if (event.type === 'progress') seen.phase = event.phase
    if (event.type === 'completing') seen.phase = 'completing'
    if (event.type === 'started' || event.type === 'resumed') seen.phase = 'sending'
    if (event.type === 'part') seen.parts++
    if (event.type === 'retry') seen.retries++
    if (told.has(event.type)) seen.notes.push(describe(event))
    seen.last = line
    const isMoment =
      kill?.event === event.type && (event.type !== 'part' || seen.parts === kill.parts)
    if (isMoment && timer === undefined) timer = setTimeout(strike, kill.delayMs)
  })
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  const killed = seen.killed && code === null
  const what = killed ? `killed while ${seen.phase}` : `exit ${code}`
  return { ...seen, code, killed, what, text: `${what}: ${seen.last} ${errors}` }
}

function describe({ type, parts, reason, partsKept, code, message }) {
  if (type === 'resumed') return `; resumed with ${parts}`
  return type === 'round' ? `; round: ${reason}, ${partsKept} kept` : `; ${code}: ${message}`
}

/** Cuts off a tail, flips a bit, or leaves zeros where a block was lost. */
function tear(checkpoints) {
  const name = namesIn(checkpoints).find(isJournal)
  if (name === undefined) return 'no journal to tear'
  const path = join(checkpoints, name)
  const bytes = readFileSync(path)
  if (bytes.length < 2) return 'no journal to tear'
  totals.torn++
  const at = random.between(1, bytes.length - 1)
  switch (random.between(1, 4)) {
    case 1:
      writeFileSync(path, bytes.subarray(0, at))
      return `journal cut from ${bytes.length} to ${at} bytes`
    case 2: {
      const near = Math.max(1, bytes.length - random.between(1, 300))
      writeFileSync(path, bytes.subarray(0, near))
      return `journal cut from ${bytes.length} to ${near} bytes`
    }
    case 3:
      bytes[at] ^= 1 << random.between(0, 7)
      writeFileSync(path, bytes)
      return `bit flipped in byte ${at} of ${bytes.length} of the journal`
    default:
      bytes.fill(0, at, Math.min(bytes.length, at + 64))
      writeFileSync(path, bytes)
      return `64 zeros at byte ${at} of ${bytes.length} of the journal`
  }
}

function fail(name, story, why) {
  failures.push(`${name}: ${why}\n  ${story.join('\n  ')}`)
}

function report() {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  for (const failure of failures) console.error(failure)
  const where = Object.entries(totals.killedWhile)
    .map(([phase, count]) => `${count} ${phase}`)
    .join(', ')
  console.log(
    `${totals.kills} kills (${where}) in ${totals.runs} runs of ${totals.uploads} uploads, ${mib(totals.bytes)} MiB; ` +
      `${totals.torn} torn journals; sent again ${mib(totals.resentBytes)} MiB of at most ${mib(totals.allowedBytes)} in flight; ` +
      `${failures.length} failures; seed ${flags.seed}, ${seconds} s`,
  )
  process.exitCode = failures.length === 0 ? 0 : 1
}

function isJournal(name) {
  return name.endsWith('.journal')
}

function mib(bytes) {
  return (bytes / 1024 ** 2).toFixed(1)
}
