// `npm start -- [file] [oss://bucket/key] [flags of ossup upload]`: from a fresh clone to an uploaded
// file. Goes to OSS if an address is given and OSS variables are set, else to a local OSS that runs in
// this very process, so that a kill ends both, and the next run continues.

import { mkdirSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { ensureSample } from './sample.mjs'
import { root, setUp } from './setup.mjs'
import { startLocalOss } from './start-local-oss.mjs'

// npm runs scripts in the package's folder; paths are meant from where one typed them.
const here = process.env.INIT_CWD ?? process.cwd()
const home = process.env.OSSUP_START_DIR ?? join(root, '.ossup')
const envFile = join(home, 'env')
const data = join(home, 'data')
const ossVariables = ['OSS_ACCESS_KEY_ID', 'OSS_REGION', 'OSS_ENDPOINT']
const isConfigured = ossVariables.some(name => (process.env[name] ?? '') !== '')
const nothing = {
  write(_, done) {
    done?.()
    return true
  },
  on() {},
}
const silence = { stdout: nothing, stderr: nothing }

const usage = `Usage: npm start -- [file] [oss://bucket/key] [flags of ossup upload]

  npm start                             a made-up file of 256 MiB, to a local OSS
  npm start -- file                     this file, to a local OSS
  npm start -- file oss://bucket/key    to OSS if its variables are set, else to a local OSS

Stopped or killed, it continues when it is run again. The flags:

  node dist/cli/bin.js help upload
`

endWithNpm()
const { file: given, target, flags } = readArguments(process.argv.slice(2))
setUp()
const { main } = await import('../dist/cli/main.js')
mkdirSync(home, { recursive: true, mode: 0o700 })
const file = given ?? join(home, 'sample-256MiB.bin')
if (given === undefined) await ensureSample(file)
const toOss = target !== undefined && isConfigured
process.exit(
  toOss
    ? await main(['upload', file, target, ...flags], process)
    : await uploadLocally(target ?? `oss://local/${basename(file)}`),
)

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
  const probe = async env => (await main(['mb', 'oss://local'], hostWith(env, silence))) === 0
  const { env, close } = await startLocalOss({ envFile, data, isOurs: probe })
  const checkpoints = join(home, 'checkpoints')
  const args = ['upload', file, target, '--checkpoint-dir', checkpoints, ...flags]
  const code = await main(args, hostWith(env, process))
  await close()
  const isWanted = !flags.includes('--json') && !flags.includes('--quiet')
  if (code === 0 && isWanted) sayHowToFetch(target, env.OSS_ENDPOINT, env.OSS_REGION)
  return code
}

function sayHowToFetch(target, endpoint, region) {
  const address = /^oss:\/\/[^/]+\/?$|\/$/.test(target)
    ? `${target.replace(/\/$/, '')}/${basename(file)}`
    : target
  const bin = join(root, 'dist', 'cli', 'bin.js')
  const ossup = `node --env-file=${quoted(shown(envFile))} ${quoted(shown(bin))}`
  // Variables that are set already beat those of the file.
  const place = isConfigured ? ` --endpoint ${endpoint} --region ${region}` : ''
  console.log(`
The object is in the local OSS, its bytes in ${shown(data)}. The CRC-64 that the local OSS
computed while it stored them equals that of the file. To fetch it, start the local OSS again:

  ${ossup} serve --port ${new URL(endpoint).port} --data ${quoted(shown(data))}

and in another terminal:

  ${ossup} cat ${quoted(address)}${place} > ${quoted(`copy-of-${basename(file)}`)}`)
}

/** This process, with another OSS in its environment. */
function hostWith(env, { stdout, stderr }) {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('OSS_'))
  return {
    env: { ...Object.fromEntries(others), ...env },
    stdin: process.stdin,
    stdout,
    stderr,
    on: (event, listener) => process.on(event, listener),
    off: (event, listener) => process.off(event, listener),
    exit: code => process.exit(code),
    // The local OSS ends with this process, and no ossup is in PATH: what to type is said at the end.
    isTyped: false,
  }
}

/** Killing npm does not kill what it started: this process notices, and ends as if it had been. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.exit(137)
  }, 100).unref()
}

/** A path as one would type it. */
function shown(path) {
  const near = relative(here, path)
  return near.startsWith('..') ? path : near
}

function quoted(word) {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
