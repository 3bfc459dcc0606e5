// The built local OSS in a process of its own, for scripts that drive the built command against it: how
// to reach it, to make it misbehave, and to see what arrived. Run directly, it is that process.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const self = fileURLToPath(import.meta.url)
const bucketName = 'examplebucket'

if (process.argv[1] === self) await runServer()

/** @param options those of `serve`, as far as JSON can carry them */
export async function startSeparateOss(options = {}) {
  const { Bucket, crc64, withRetries } = await import('../dist/runtimes/node/index.js')
  const child = spawn(process.execPath, [self, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise(resolve => child.on('exit', resolve))
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.on('error', reject)
    ended.then(code => reject(new Error(`The local OSS ended with ${code} before it listened`)))
  })
  const { endpoint, region, key } = JSON.parse(line)
  const bucket = new Bucket({ name: bucketName, region, endpoint, credentials: key })
  // The faults of a test also strike the requests of its script.
  const retrying = withRetries(bucket, { attempts: 20 })
  const connect = credentials => ({
    OSS_ENDPOINT: endpoint,
    OSS_REGION: region,
    OSS_ACCESS_KEY_ID: credentials.accessKeyId,
    OSS_ACCESS_KEY_SECRET: credentials.accessKeySecret,
    ...(credentials.securityToken && { OSS_SESSION_TOKEN: credentials.securityToken }),
  })
  return {
    bucket,
    endpoint,
    key,
    /** An environment to run the command in; without credentials, those of the server. */
    env(credentials = key) {
      const others = Object.entries(process.env).filter(([name]) => !/^(OSS_|npm_)/.test(name))
      return { ...Object.fromEntries(others), ...connect(credentials) }
    },
    async control(method, what, value) {
      const answer = await fetch(`${endpoint}/_ossup/${what}`, {
        method,
        headers: { 'x-ossup-control': '1' },
        ...(value !== undefined && { body: JSON.stringify(value) }),
      })
      const told = await answer.json()
      if (!answer.ok) throw new Error(told.error)
      return told
    },
    async partBodies() {
      return (await this.control('GET', 'stats')).operations.UploadPart?.requests ?? 0
    },
    /** The object's bytes and CRC-64; `undefined` if OSS has no such object. */
    async object(objectKey) {
      try {
        return await retrying('GetObject', async call => {
          const { body, crc64: stored } = await bucket.getObject({ key: objectKey }, call)
          const chunks = []
          for await (const chunk of body) chunks.push(chunk)
          return { bytes: Buffer.concat(chunks), crc64: stored }
        })
      } catch (error) {
        if (error.code === 'NoSuchKey') return undefined
        throw error
      }
    },
    /** Ids of all unfinished uploads. */
    async unfinished() {
      const { uploads } = await retrying('ListMultipartUploads', call =>
        bucket.listMultipartUploads({}, call),
      )
      return uploads.map(({ uploadId }) => uploadId)
    },
    crc64Of: bytes => String(crc64(bytes)),
    async close() {
      child.stdin.end()
      await ended
    },
  }
}

async function runServer() {
  const { serve } = await import('../dist/server/index.js')
  const options = JSON.parse(process.argv[2] ?? '{}')
  const oss = await serve({ buckets: [bucketName], control: true, ...options })
  const { endpoint, region, key } = oss
  console.log(JSON.stringify({ endpoint, region, key }))
  // It ends when its parent process ends, even if the parent was killed.
  process.stdin.resume().on('close', () => oss.close())
}
