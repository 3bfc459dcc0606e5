// The RAM role of an ECS instance through the built command. The metadata service has one address, which no
// setting moves, so this runs in a network namespace of its own where 100.100.100.200 is this machine's:
// as root or where users may make namespaces (unshare), with iproute2. Elsewhere it says so and tries nothing.
//
//   node scripts/ecs-role.mjs

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuild, root } from './setup.mjs'

const self = fileURLToPath(import.meta.url)
const address = '100.100.100.200'
const bin = join(root, 'dist', 'cli', 'bin.js')

const roleName = 'upload-role'
const rolePath = '/latest/meta-data/ram/security-credentials/'
const tokenPath = '/latest/api/token'
const metadataToken = 'AAAA0hGc9zT4mW7xV2kQ8rL5nB1pJ6=='
const issued = {
  AccessKeyId: 'STS.NUgYrLnoC37mZZCNnAbez123',
  AccessKeySecret: 'Hq9ZtY3xW7vU1sR5pN2mK8jG4fD6aB',
  SecurityToken: 'CAISjgJ1q6Ft5B2yfSjIr5bkE9nRg+0Z/bWEfE7hkEg+Z9lPl6bAszz2IHlMe3h=',
  Expiration: `${new Date(Date.now() + 3_600_000).toISOString().slice(0, -5)}Z`,
  LastUpdated: `${new Date().toISOString().slice(0, -5)}Z`,
  Code: 'Success',
}
const secrets = [metadataToken, issued.AccessKeySecret, issued.SecurityToken]

const asksToken = `PUT ${tokenPath}`
const asksName = `GET ${rolePath}`
const asksRole = `GET ${rolePath}${roleName}`
const said = /RAM role of this ECS instance: used: .*STS\.…z123, until 20/

/** Each case runs an upload and `ossup doctor`, and checks the message, the exit code and the requests to the service. */
const cases = [
  { what: 'the hardened mode', mode: 'hardened', said, asks: [asksToken, asksName, asksRole] },
  {
    what: 'the plain mode, where there is no other',
    mode: 'plain',
    said,
    asks: [asksToken, asksName, asksRole],
  },
  {
    what: 'a token that no server accepts',
    mode: 'useless token',
    said,
    asks: [asksToken, asksName, asksName, asksRole, asksRole],
  },
  {
    what: 'a role that a variable names',
    mode: 'hardened',
    env: { ALIBABA_CLOUD_ECS_METADATA: roleName },
    said,
    asks: [asksToken, asksRole],
  },
  {
    what: 'a role that a profile names',
    mode: 'hardened',
    files: { '.ossutilconfig': `[default]\nmode=EcsRamRole\necs-role-name=${roleName}\n` },
    said: /~\/\.ossutilconfig, profile default: used: .*STS\.…z123, until 20/,
    asks: [asksToken, asksRole],
  },
  {
    what: 'the plain mode, forbidden',
    mode: 'plain',
    env: { ALIBABA_CLOUD_IMDSV1_DISABLED: 'true' },
    said: /gives no token for the hardened mode \(status 404\)/,
    code: 3,
    asks: [asksToken],
  },
  {
    what: 'an instance without a role',
    mode: 'no role',
    said: /This instance has no RAM role/,
    code: 3,
    asks: [asksToken, asksName],
  },
  {
    what: 'a named role, and a service out of order',
    mode: 'out of order',
    env: { ALIBABA_CLOUD_ECS_METADATA: roleName },
    said: /fails with status 500\. This passes by itself/,
    code: 5,
    asks: [asksToken, asksRole, asksRole],
  },
  {
    what: 'the role of the instance, forbidden',
    mode: 'hardened',
    env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' },
    said: /switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED/,
    code: 3,
    asks: [],
  },
]

let passed = 0
let failed = 0
if (process.argv[2] === 'inside') await inside()
else outside()

function outside() {
  const lack = namespaceLack()
  if (lack !== undefined) {
    console.log(`The role of an ECS instance was NOT tried: ${lack}`)
    console.log('0 passed, 0 failed')
    return
  }
  ensureBuild()
  const { status } = spawnSync('unshare', [...unshareFlags(), process.execPath, self, 'inside'], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}

function unshareFlags() {
  return process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net']
}

/** Why there can be no namespace with that address here; `undefined` where there can. */
function namespaceLack() {
  if (process.platform !== 'linux') return 'it needs network namespaces, which Linux has'
  if (spawnSync('ip', ['-V']).error !== undefined) return 'there is no `ip` (iproute2)'
  const { error, status, stderr } = spawnSync(
    'unshare',
    [...unshareFlags(), 'ip', 'addr', 'add', `${address}/32`, 'dev', 'lo'],
    { encoding: 'utf8' },
  )
  if (error !== undefined) return 'there is no `unshare` (util-linux)'
  return status === 0 ? undefined : `no network namespace can be made (${stderr.trim()}); be root`
}

async function inside() {
  for (const args of [`addr add ${address}/32 dev lo`, 'link set lo up']) {
    spawnSync('ip', args.split(' '), { stdio: 'inherit' })
  }
  const { serve } = await import('../dist/server/index.js')
  const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret } = issued
  const folder = mkdtempSync(join(tmpdir(), 'ossup-ecs-'))
  const oss = await serve({ buckets: ['examplebucket'] })
  oss.keys.add({ accessKeyId, accessKeySecret, securityToken: issued.SecurityToken })
  const world = { folder, oss, metadata: await startMetadata(), proxy: await startProxy() }
  const file = join(folder, 'file.bin')
  writeFileSync(file, Buffer.alloc(250 * 1024, 'role'))
  const parts = ['--multipart-threshold', '100KiB', '--part-size', '100KiB']
  try {
    for (const one of cases) {
      await check(world, one, ['upload', file, 'oss://examplebucket/key', ...parts])
      await check(world, one, ['doctor'])
    }
  } finally {
    rmSync(folder, { recursive: true })
    world.metadata.server.close()
    world.proxy.server.close()
    await oss.close()
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}

async function check({ folder, oss, metadata, proxy }, { mode, what, ...one }, args) {
  const proxyAddress = `http://127.0.0.1:${proxy.server.address().port}`
  const expectedCode = one.code ?? 0
  metadata.mode = mode
  metadata.asked = []
  proxy.asked = []
  const { code, output } = await run([...args, '--log-level', 'debug'], {
    PATH: process.env.PATH,
    HOME: homeWith(folder, one.files),
    NO_COLOR: '1',
    OSS_REGION: oss.region,
    OSS_ENDPOINT: oss.endpoint,
    HTTP_PROXY: proxyAddress,
    ALL_PROXY: proxyAddress,
    ...one.env,
  })
  const wrongs = [
    code !== expectedCode && `exit code ${code}, not ${expectedCode}`,
    // Doctor breaks its lines.
    !one.said.test(output.replace(/\s+/g, ' ')) && `does not say ${one.said}`,
    !isAsked(metadata.asked, one.asks) && `asked ${metadata.asked.join(', ')}`,
    proxy.asked.length > 0 && `asked the proxy for ${proxy.asked.join(', ')}`,
    secrets.some(secret => output.includes(secret)) && 'says a secret',
  ].filter(Boolean)
  if (wrongs.length === 0) {
    passed += 1
    return
  }
  failed += 1
  console.error(`${what}, ossup ${args[0]}: ${wrongs.join('; ')}\n${output}`)
}

/** In that order, as often as the command tries again: doctor uses the source that it found, an upload waits. */
function isAsked(asked, asks) {
  const times = asks.length === 0 ? 1 : asked.length / asks.length
  if (!Number.isInteger(times)) return false
  return asked.join() === Array(times).fill(asks.join()).join()
}

function homeWith(folder, files = {}) {
  const home = mkdtempSync(join(folder, 'home-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text)
  return home
}

/** At its one address, in one of the modes of `cases`. */
async function startMetadata() {
  const service = { mode: '', asked: [], server: createServer() }
  service.server.on('request', (request, response) => {
    service.asked.push(`${request.method} ${request.url}`)
    const [status, text] = reply(service.mode, request)
    response.writeHead(status).end(text)
  })
  await listen(service.server, { port: 80, host: address })
  return service
}

function reply(mode, { method, url, headers }) {
  if (method === 'PUT' && url === tokenPath) {
    if (mode === 'plain') return [404, '']
    const isRight = headers['x-aliyun-ecs-metadata-token-ttl-seconds'] === '21600'
    return isRight ? [200, metadataToken] : [400, '']
  }
  if (mode === 'out of order') return [500, JSON.stringify(issued)]
  const token = headers['x-aliyun-ecs-metadata-token']
  const takesNone = mode === 'plain' || mode === 'useless token'
  if (token !== (takesNone ? undefined : metadataToken)) return [403, '']
  if (mode === 'no role') return [404, '']
  if (url === rolePath) return [200, roleName]
  return url === rolePath + roleName ? [200, JSON.stringify(issued)] : [404, '']
}

/** A proxy has a role of its own: nothing may be asked of this one. */
async function startProxy() {
  const proxy = { asked: [], server: createServer() }
  proxy.server.on('request', (request, response) => {
    proxy.asked.push(request.url)
    response.writeHead(502).end()
  })
  proxy.server.on('connect', (request, socket) => {
    proxy.asked.push(request.url)
    socket.destroy()
  })
  await listen(proxy.server, { port: 0, host: '127.0.0.1' })
  return proxy
}

async function listen(server, where) {
  server.listen(where)
  await once(server, 'listening')
}

async function run(args, env) {
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk
    })
  }
  const [code] = await once(child, 'close')
  return { code, output }
}
