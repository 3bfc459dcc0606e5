// All measurements of docs/internals/performance.md:
//
//   npm run bench                           everything, seven rounds
//   npm run bench -- --quick                one round of everything but 20 GiB, to see that it works
//   npm run bench -- --only small,resume    large, https, small, auto, resume, memory, startup, crc64
//                                           (auto: with a rig only, since its sink makes the lines)
//   npm run bench -- --rig FOLDER           with FOLDER/bin/{raw,go-v1,sink}; else OSSUP_BENCH_RIG
//   npm run bench -- --libraries FOLDER     where hash-wasm and crc64-ecma182.js are installed
//
// Results go to bench/results/: what was measured as JSON, and drawn as SVG. Other programs disturb
// single runs, so clients take turns and medians are reported; compare figures of one run only.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { measureAutoLines } from './auto-lines.mjs'
import { drawChart } from './chart.mjs'
import { findClients, ossup, packageRoot, versions } from './clients.mjs'
import { fillFile } from './measure.mjs'
import { cases, measureMemory } from './memory.mjs'
import { measureResume } from './resume.mjs'
import { measureStartup } from './startup.mjs'
import { table } from './table.mjs'
import { measureTransfers, scenarios } from './transfers.mjs'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: 'large,https,small,auto,resume,memory,startup,crc64' },
    rig: { type: 'string', default: process.env.OSSUP_BENCH_RIG ?? '' },
    libraries: { type: 'string', default: '' },
    out: { type: 'string', default: join(packageRoot, 'bench', 'results') },
    quick: { type: 'boolean', default: false },
  },
})
const rounds = options.quick ? 1 : Number(options.rounds)
const rig = options.rig === '' ? undefined : resolve(options.rig)
const wanted = new Set(options.only.split(','))
const say = line => process.stderr.write(`${line}\n`)

if (!existsSync(ossup)) throw new Error('dist/ is missing: npm run build')
const files = await mkdtemp(join(os.tmpdir(), 'ossup-bench-files-'))
process.once('exit', () => rmSync(files, { recursive: true, force: true }))

const report = {
  date: new Date().toISOString(),
  command: commandLine(),
  rounds,
  machine: {
    cpu: os.cpus()[0]?.model,
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    loadBefore: os.loadavg()[0],
  },
  versions: versions(),
  transfers: [],
}

const clients = findClients(rig)
for (const scenario of scenarios) {
  if (wanted.has(kindOf(scenario))) {
    const setting = { clients, rounds, rig, fileOf, say }
    report.transfers.push(await measureTransfers(scenario, setting))
  }
}
if (wanted.has('auto') && rig !== undefined) {
  const setting = { clients, rounds: Math.min(rounds, 3), rig, fileOf, say }
  report.auto = await measureAutoLines(setting)
}
if (wanted.has('resume')) report.resume = await measureResume({ rounds: Math.min(rounds, 5), say })
if (wanted.has('memory')) {
  const chosen = options.quick ? cases.filter(({ size }) => size <= 2 ** 30) : cases
  report.memory = await measureMemory(chosen, { rig, say })
}
if (wanted.has('startup')) report.startup = measureStartup({ rounds: rounds * 3 })
if (wanted.has('crc64')) report.crc64 = measureCrc64()
report.machine.loadAfter = os.loadavg()[0]

mkdirSync(options.out, { recursive: true })
const name = `${report.date.slice(0, 16).replace(/[:T]/g, '-')}`
writeFileSync(join(options.out, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`)
if (report.transfers.length > 0) writeFileSync(join(options.out, `${name}.svg`), drawChart(report))
process.stdout.write(table(report))

function kindOf({ tls, part }) {
  if (part < 2 ** 20) return 'small'
  return tls ? 'https' : 'large'
}

/** Made when it is first needed, and once. */
function fileOf(size) {
  const file = join(files, String(size))
  if (!existsSync(file)) fillFile(file, size)
  return file
}

function measureCrc64() {
  const script = join(packageRoot, 'bench', 'crc64.mjs')
  const libraries = options.libraries === '' ? [] : ['--libraries', resolve(options.libraries)]
  const printed = execFileSync(process.execPath, [script, '--json', ...libraries], {
    encoding: 'utf8',
  })
  return JSON.parse(printed)
}

/** As it can be given elsewhere: without this machine's folders. */
function commandLine() {
  const args = process.argv.slice(2).map(arg => arg.replace(/^(?:--\w+=)?\/.*/, 'FOLDER'))
  return ['npm run bench --', ...args].join(' ')
}
