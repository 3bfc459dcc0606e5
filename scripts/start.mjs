// `npm start -- [file] [oss://bucket/key] [flags of ossup upload]`: from a fresh clone to an uploaded
// file. Goes to OSS if an address is given and OSS variables are set, else to a local OSS that runs in
// this very process, so that a kill ends both, and the next run continues.

import { mkdirSync } from 'node:fs'
import { basename, extname, join, relative, resolve } from 'node:path'
import { ensureSample } from './sample.mjs'
import { root, setUp } from './setup.mjs'

// npm runs scripts in the package's folder; paths are relative to where they were typed.
const here = process.env.INIT_CWD ?? process.cwd()
const ossVariables = ['OSS_ACCESS_KEY_ID', 'OSS_REGION', 'OSS_ENDPOINT']
const home = startFolder()
const isConfigured = ossVariables.some(name => (process.env[name] ?? '') !== '')
const usage = `Usage: npm start -- [file] [oss://bucket/key] [flags of ossup upload]

  npm start                             a made-up file of 256 MiB, to a local OSS
  npm start -- file                     this file, to a local OSS
  npm start -- file oss://bucket/key    to OSS if its variables are set, else to a local OSS
  npm start -- --keep                   keeps the local OSS running afterwards

Stopped or killed, it continues when it is run again. The flags:

  node dist/cli/bin.js help upload
`

endWithNpm()
const { file: given, target, flags: all } = readArguments(process.argv.slice(2))
const flags = all.filter(flag => flag !== '--keep')
const isKept = flags.length < all.length
setUp()
const { main } = await import('../dist/cli/main.js')
const { localOss } = await import('./local-command.mjs')
mkdirSync(home, { recursive: true, mode: 0o700 })
const file = given ?? join(home, 'sample-256MiB.bin')
if (given === undefined) await ensureSample(file)
const toOss = target !== undefined && isConfigured
process.exit(
  toOss
    ? await main(['upload', file, target, ...flags], process)
    : await uploadLocally(target ?? `oss://local/${basename(file)}`),
)

/** What a clone keeps between runs. */
function startFolder() {
  return process.env.OSSUP_START_DIR ?? join(root, '.ossup')
}

function readArguments(args) {
  const at = args.findIndex(arg => arg.startsWith('-'))
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage)
    process.exit(0)
  }
  const [file, target, ...more] = at < 0 ? args : args.slice(0, at)
  if (more.length > 0) {
    console.error(usage)
    process.exit(2)
  }
  return { file: file && resolve(here, file), target, flags: at < 0 ? [] : args.slice(at) }
}

async function uploadLocally(target) {
  const { hostFor, endpoint, close } = await localOss(home)
  const checkpoints = join(home, 'checkpoints')
  const args = ['upload', file, target, '--checkpoint-dir', checkpoints, ...flags]
  const code = await main(args, hostFor(process))
  const isWanted = !flags.includes('--json') && !flags.includes('--quiet')
  if (code === 0 && isWanted) sayHowToLook(target)
  if (code === 0 && isKept) await untilStopped(endpoint)
  await close()
  return code
}

/** Each line starts the local OSS by itself if it does not run, and fits a window of 80 columns. */
function sayHowToLook(target) {
  const name = basename(file)
  const address = /^oss:\/\/[^/]+\/?$|\/$/.test(target)
    ? `${target.replace(/\/$/, '')}/${name}`
    : target
  const local = `node ${quoted(shown(join(root, 'scripts', 'local.mjs')))}`
  console.log(`
The object is in the local OSS, which found the CRC-64 of the file. Look at it:

  ${local} stat ${quoted(address)}
  ${local} download ${quoted(address)} ${quoted(`copy${extname(name)}`)}

To see an upload continue, stop this one with Ctrl-C, and run it again:

  npm start -- --resend --bandwidth 20MB`)
}

async function untilStopped(endpoint) {
  console.log(`\nThe local OSS stays at ${endpoint} until Ctrl-C.`)
  await new Promise(stopped => {
    // A timer, since nothing else may keep this process alive.
    const timer = setInterval(() => {}, 60_000)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        clearInterval(timer)
        stopped()
      })
    }
  })
}

/** Killing npm does not kill what it started: this process notices, and ends as if it had been. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.exit(137)
  }, 100).unref()
}

/** A path as a person would type it. */
function shown(path) {
  const near = relative(here, path)
  return near.startsWith('..') ? path : near
}

function quoted(word) {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
