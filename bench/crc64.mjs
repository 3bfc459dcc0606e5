// CRC-64 throughput: 1 GiB hashed in buffers of several sizes, beside other libraries.
//
//   npm run build && node bench/crc64.mjs
//
// Imports the built package (../dist). To compare, install in any folder outside the repository
//   npm install hash-wasm crc64-ecma182.js
// and name that folder: node bench/crc64.mjs --libraries /some/folder. The variants take turns, and
// medians are shown, because other programs disturb single runs. Time is CPU time of this process.
// With --json the medians are printed for bench/run.mjs.

import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { allocateHashable, crc64, crc64Combine, createCrc64 } from '../dist/hash/crc64.js'

const GIB = 2 ** 30
const ROUNDS = 5
const isJson = process.argv.includes('--json')
const say = isJson ? () => {} : console.log
const SIZES = [16_384, 65_536, 262_144, 1_048_576]

/** By name. `hash(buffers, count)`: CRC of `count` buffers in turn. `share`: of 1 GiB a round. */
const variants = new Map()

function stream(next) {
  return (buffers, count) => {
    let crc = 0n
    for (let n = 0; n < count; n++) crc = next(buffers[n % buffers.length], crc)
    return crc
  }
}

const table = createCrc64(undefined)
variants.set('ossup, hashable', { hash: stream(crc64), share: 1 })
variants.set('ossup, copied', { hash: stream(crc64), share: 1, ordinary: true })
variants.set('ossup, plain JavaScript', { hash: stream(table.crc64), share: 1 / 8 })

const folder = process.argv.indexOf('--libraries')
const require = createRequire(
  folder < 0 ? import.meta.url : join(resolve(process.argv[folder + 1]), 'index.js'),
)
try {
  const { createCRC64 } = require('hash-wasm')
  const hasher = await createCRC64()
  variants.set('hash-wasm', {
    hash: (buffers, count) => {
      hasher.init()
      for (let n = 0; n < count; n++) hasher.update(buffers[n % buffers.length])
      return BigInt(`0x${hasher.digest('hex')}`)
    },
    share: 1 / 2,
    ordinary: true,
  })
} catch {
  say('hash-wasm is not installed (see the head of this file)')
}
try {
  const { crc64: other } = require('crc64-ecma182.js')
  variants.set('crc64-ecma182.js', {
    hash: (buffers, count) => {
      let crc
      for (let n = 0; n < count; n++) crc = other(buffers[n % buffers.length], crc)
      return BigInt(String(crc))
    },
    share: 1 / 8,
    ordinary: true,
  })
} catch {
  say('crc64-ecma182.js is not installed (see the head of this file)')
}

const times = new Map()
for (let round = 0; round < ROUNDS; round++) {
  for (const size of SIZES) {
    const hashable = [allocateHashable(size), allocateHashable(size)]
    hashable.forEach((buffer, n) => {
      for (let i = 0; i < size; i++) buffer[i] = (i * 31 + (i >> 8) + n) & 255
    })
    const ordinary = hashable.map(buffer => Buffer.from(buffer))
    for (const [name, { hash, share, ordinary: isOrdinary }] of variants) {
      const count = (GIB * share) / size
      const begin = process.cpuUsage()
      const crc = hash(isOrdinary ? ordinary : hashable, count)
      const { user, system } = process.cpuUsage(begin)
      if (crc !== expected(ordinary, count)) throw new Error(`${name}: wrong CRC ${crc}`)
      const key = `${name} ${size}`
      times.set(key, [...(times.get(key) ?? []), share / ((user + system) / 1e6)])
    }
  }
}

/** The CRC of the buffers in turn, from the CRC of each by the plain table, combined. */
function expected(buffers, count) {
  const each = buffers.map(buffer => table.crc64(buffer, 0n))
  let crc = 0n
  for (let n = 0; n < count; n++) {
    crc = crc64Combine(crc, each[n % each.length], buffers[0].length)
  }
  return crc
}

const parts = 10_000
const begin = process.cpuUsage()
let total = 0n
for (let n = 0; n < parts; n++) total = crc64Combine(total, BigInt(n), 8_388_608 + (n % 2))
const { user, system } = process.cpuUsage(begin)
const combineMs = (user + system) / 1000

const sorted = (name, size) => times.get(`${name} ${size}`).sort((a, b) => a - b)
const medianOf = (name, size) => Number(sorted(name, size)[ROUNDS >> 1].toFixed(2))

if (isJson) {
  const gibPerSecond = {}
  for (const name of variants.keys()) {
    gibPerSecond[name] = Object.fromEntries(SIZES.map(size => [size, medianOf(name, size)]))
  }
  console.log(JSON.stringify({ rounds: ROUNDS, sizes: SIZES, gibPerSecond, combineMs }))
} else {
  say(`${new Date().toISOString()} Node ${process.version}, GiB/s, median of ${ROUNDS} (best)`)
  say(['buffer'.padEnd(24), ...SIZES.map(size => `${size / 1024} KiB`.padStart(14))].join(''))
  for (const name of variants.keys()) {
    const cells = SIZES.map(size => {
      const best = sorted(name, size).at(-1).toFixed(2)
      return `${medianOf(name, size).toFixed(2)} (${best})`.padStart(14)
    })
    say([name.padEnd(24), ...cells].join(''))
  }
  say(`crc64Combine, ${parts} parts of two sizes in turn: ${combineMs} ms`)
}
