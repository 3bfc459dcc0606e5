// The local OSS of `npm start`: started in this process, or found running after `npm start -- --keep`. A
// checkpoint belongs to an endpoint, so the address is kept in a file and used again.

import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseEnv } from 'node:util'

const region = 'cn-hangzhou'
/** A run that was killed a moment ago may hold the folder a little longer. */
const patienceMs = 3000

/**
 * @param isOurs tells whether a local OSS that knows our keys answers at this environment's endpoint
 * @param say prints a line about where the local OSS is
 * @returns the environment to reach it, and how to end it
 */
export async function startLocalOss({ envFile, data, isOurs, say = console.log }) {
  const { serve } = await import('../dist/server/index.js')
  const known = existsSync(envFile) ? parseEnv(readFileSync(envFile, 'utf8')) : undefined
  const remembered = known && Number(new URL(known.OSS_ENDPOINT).port)
  let port = remembered ?? (await quietPort())
  for (const until = Date.now() + patienceMs; ; await sleep(200)) {
    try {
      const server = await serve({ port, data, region, createBuckets: true })
      const env = writeEnv(envFile, server)
      say(`Local OSS at ${server.endpoint}`)
      return { env, close: () => server.close() }
    } catch (error) {
      if (known !== undefined && (await isOurs(known))) {
        say(`Local OSS found running at ${known.OSS_ENDPOINT}`)
        return { env: known, close: async () => {} }
      }
      // Another program took the port since it was found free.
      if (error.code === 'EADDRINUSE' && port !== remembered) port = await quietPort()
      if (Date.now() < until) continue
      if (error.code !== 'EADDRINUSE' || port !== remembered) throw error
      port = await quietPort()
      say(`Port ${remembered} is taken by another program: an upload begun there starts over.`)
    }
  }
}

function writeEnv(envFile, { endpoint, key }) {
  const env = {
    OSS_ENDPOINT: endpoint,
    OSS_REGION: region,
    OSS_ACCESS_KEY_ID: key.accessKeyId,
    OSS_ACCESS_KEY_SECRET: key.accessKeySecret,
  }
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(`${envFile}.new`, lines.join(''), { mode: 0o600 })
  renameSync(`${envFile}.new`, envFile)
  return env
}

/** A free port below those that systems hand out by themselves, so that it is free the next time, too. */
async function quietPort() {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('No free port was found between 20000 and 29999')
}
