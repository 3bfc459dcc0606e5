// Runs the samples of docs/guide/frameworks.md with the real frameworks: packs the package, installs both into
// an empty project, sends each server a file, and compares the object. Needs the network for npm.

import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root, setUp } from './setup.mjs'

const packages = [
  'express@5',
  'fastify@5',
  'hono@4',
  '@hono/node-server@1',
  '@nestjs/common@11',
  '@nestjs/core@11',
  '@nestjs/platform-express@11',
  'reflect-metadata@0.2',
  'rxjs@7',
]

/** What a sample leaves to the framework: a server that calls the route, a main file. */
const surroundings = {
  'next.mjs': `
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
createServer(async (request, response) => {
  const url = \`http://localhost\${request.url}\`
  const body = Readable.toWeb(request)
  const given = new Request(url, { method: 'PUT', body, duplex: 'half', headers: request.headers })
  const answer = await PUT(given, { params: Promise.resolve({ name: url.split('/').at(-1) }) })
  response.writeHead(answer.status).end(await answer.text())
}).listen(Number(process.env.PORT))
`,
  'nest.ts': `
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
@Module({ controllers: [FilesController] })
class AppModule {}
const app = await NestFactory.create(AppModule, { logger: false })
await app.listen(Number(process.env.PORT))
`,
}

setUp()
const project = mkdtempSync(join(tmpdir(), 'ossup-frameworks-'))
const { serve } = await import(pathToFileURL(join(root, 'dist/server/index.js')).href)
const { Bucket } = await import(pathToFileURL(join(root, 'dist/runtimes/node/index.js')).href)
const oss = await serve({ buckets: ['examplebucket'] })
let passed = 0
try {
  install()
  const page = readFileSync(join(root, 'docs/guide/frameworks.md'), 'utf8')
  const samples = [...page.matchAll(/^```[jt]s\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)]
  for (const [, name, code] of samples) {
    await check(name, code)
    passed += 1
    console.log(`${name}: a file arrived at the local OSS`)
  }
  if (passed !== 5) throw new Error(`${passed} of 5 samples were found`)
} finally {
  await oss.close()
  rmSync(project, { recursive: true, force: true })
}
console.log(`${passed} passed, 0 failed`)

function install() {
  npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', project], root)
  const tarball = readdirSync(project).find(name => name.endsWith('.tgz'))
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  npm(['install', '--no-audit', '--no-fund', '--silent', `./${tarball}`, ...packages], project)
}

function npm(args, cwd) {
  const shell = process.platform === 'win32'
  execFileSync('npm', args, { cwd, shell, stdio: ['ignore', 'ignore', 'inherit'] })
}

async function check(name, code) {
  const local = code.replace(
    "region: 'cn-hangzhou' })",
    `region: 'cn-hangzhou', endpoint: '${oss.endpoint}' })`,
  )
  const file = await runnable(name, `${local}${surroundings[name] ?? ''}`)
  const port = await freePort()
  const server = spawn(process.execPath, [file], {
    cwd: project,
    stdio: 'inherit',
    env: {
      ...process.env,
      HOME: project,
      PORT: String(port),
      OSS_ACCESS_KEY_ID: oss.key.accessKeyId,
      OSS_ACCESS_KEY_SECRET: oss.key.accessKeySecret,
    },
  })
  try {
    const bytes = randomBytes(12_000_000)
    const answer = await put(`http://127.0.0.1:${port}/files/${name}`, bytes, server)
    if (answer.status !== 201 && answer.status !== 200) {
      throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`)
    }
    if (!(await stored(`files/${name}`)).equals(bytes)) throw new Error(`${name}: other bytes`)
  } finally {
    server.kill()
    if (server.exitCode === null) await once(server, 'exit')
  }
}

/** TypeScript with decorators has to be compiled; the frameworks stay outside. */
async function runnable(name, code) {
  const file = join(project, name)
  writeFileSync(file, code)
  if (!name.endsWith('.ts')) return file
  const outfile = file.replace('.ts', '.mjs')
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true, target: 'es2022' } }
  await build({ entryPoints: [file], outfile, format: 'esm', logLevel: 'error', tsconfigRaw })
  return outfile
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Asks again until the server listens. */
async function put(url, body, server) {
  for (;;) {
    try {
      const headers = { 'content-type': 'application/octet-stream' }
      return await fetch(url, { method: 'PUT', body, headers })
    } catch (error) {
      if (error.cause?.code !== 'ECONNREFUSED') throw error
      if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}

async function stored(key) {
  const { endpoint, region, key: credentials } = oss
  const bucket = new Bucket({ name: 'examplebucket', region, endpoint, credentials })
  const { body } = await bucket.getObject({ key })
  const chunks = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
