// Runs one process and tells what it cost, and serves one sink for it to upload to.

import { spawn } from 'node:child_process'
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const MiB = 2 ** 20
export const GiB = 2 ** 30
const time = '/usr/bin/time'

export const credentials = {
  OSS_ACCESS_KEY_ID: 'bench',
  OSS_ACCESS_KEY_SECRET: 'bench-secret',
  OSS_REGION: 'cn-hangzhou',
}

/**
 * The environment without extra certificates of this machine. Node.js reads their file at every start, which
 * takes 0.1 s, a tenth of an upload of 2,048 parts, and has nothing to do with the client.
 */
export const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env

/**
 * Runs a command to its end.
 * @returns wall and CPU seconds, peak RSS in MiB, exit code and what it printed
 */
export async function run(command, env, folder) {
  if (!existsSync(time)) throw new Error('GNU time measures CPU and memory: install `time`')
  const costs = join(folder, 'costs')
  const begin = performance.now()
  const child = spawn(time, ['-f', '%U %S %M', '-o', costs, ...command], {
    env: { ...inherited, ...credentials, no_proxy: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      printed = (printed + chunk).slice(-2000)
    })
  }
  const code = await new Promise((resolve, reject) => {
    child.on('exit', resolve).on('error', reject)
  })
  const wall = (performance.now() - begin) / 1000
  const [user, system, rss] = readFileSync(costs, 'utf8').trim().split('\n').at(-1).split(' ')
  return { code, printed, wall, cpu: Number(user) + Number(system), rss: Number(rss) / 1024 }
}

/**
 * Starts a sink: the rig's where there is one, else our own. `args` are those of our own, `rigArgs` those
 * of the rig's.
 */
export async function startSink({ rig, tls, args = [], rigArgs = [] }) {
  const certificates = tls ? ['--tls', tls] : []
  const own = [fileURLToPath(new URL('sink.mjs', import.meta.url)), ...certificates, ...args]
  const isRigs = rig !== undefined && existsSync(`${rig}/bin/sink`) && args.length === 0
  const child = isRigs
    ? spawn(`${rig}/bin/sink`, ['--discard', '--crc', ...rigArgs, ...certificates])
    : spawn(process.execPath, own)
  child.stderr.pipe(process.stderr)
  const line = await new Promise((resolve, reject) => {
    child.stdout.once('data', data => resolve(String(data).split('\n')[0]))
    child.once('exit', code => reject(new Error(`the sink ended with ${code}`)))
  })
  const { endpoint, ca } = JSON.parse(line)
  return {
    endpoint,
    kind: isRigs ? "the rig's" : 'bench/sink.mjs',
    env: ca ? { NODE_EXTRA_CA_CERTS: ca, SSL_CERT_FILE: ca } : {},
    async stop() {
      child.removeAllListeners('exit')
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** A folder for one measurement, gone afterwards. */
export async function withFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), 'ossup-bench-'))
  try {
    await mkdir(join(folder, 'checkpoints'))
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A file of pseudo-random bytes, in the page cache. */
export function fillFile(path, size) {
  const block = new Uint32Array((4 * MiB) / 4)
  const file = openSync(path, 'w')
  let state = 1
  for (let left = size; left > 0; left -= 4 * MiB) {
    for (let i = 0; i < block.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      block[i] = state
    }
    writeSync(file, block, 0, Math.min(left, 4 * MiB))
  }
  closeSync(file)
}

/** A file of that size that takes no room. */
export function sparseFile(path, size) {
  const file = openSync(path, 'w')
  ftruncateSync(file, size)
  closeSync(file)
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const rounded = (number, digits = 3) => Number(number.toFixed(digits))
