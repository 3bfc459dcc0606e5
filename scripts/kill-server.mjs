// Kills the local OSS with SIGKILL, again and again, while clients write to it, and looks after each start
// whether all acknowledged data is stored completely, and nothing else is.
//
//   node scripts/kill-server.mjs [kills] [seed]

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleServer } from './local-server.mjs'
import { namesIn } from './names-in.mjs'

const kills = Number(process.argv[2] ?? 1000)
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
const bucket = 'killbucket'
const keys = Array.from({ length: 24 }, (_, at) => `dir ${at % 5}/key ${at}`)
const writers = 6

let state = seed
const random = below => {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
  return Math.floor((state / 2 ** 32) * below)
}
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

/** What may be there: the ETag of each value that a reader may find, or `absent`. */
const expected = new Map(keys.map(key => [key, new Set(['absent'])]))
/** Unfinished uploads: key, and the ETags of parts that were acknowledged. */
const uploads = new Map()
const busy = new Set()
let acknowledged = 0
let agent
let port

/** No kill explains it. */
class WrongAnswer extends Error {}

const failures = []
const folder = mkdtempSync(join(tmpdir(), 'ossup-kill-'))
const server = bundleServer()
let running
try {
  for (let round = 0; round <= kills && failures.length === 0; round++) {
    running = await server.start({
      data: folder,
      // Everybody may write, so that this script need not sign.
      buckets: [{ name: bucket, acl: 'public-read-write' }],
      partSizeMin: 1,
    })
    port = running.port
    agent = new Agent({ keepAlive: true, maxSockets: 16 })
    await verify(round).catch(error => failures.push(`after kill ${round}: ${error.message}`))
    if (round === kills) {
      await running.kill('SIGTERM')
      break
    }
    let isOver = false
    const work = Array.from({ length: writers }, () => write(() => isOver))
    await sleep(10 + random(200))
    await running.kill('SIGKILL')
    isOver = true
    await Promise.all(work)
    agent.destroy()
    if (round % 100 === 99) console.log(`${round + 1} kills, ${acknowledged} writes acknowledged`)
  }
  const files = namesIn(join(folder, 'blobs')).length
  console.log(
    `seed ${seed}: ${kills} kills, ${acknowledged} writes acknowledged, ${files} files left`,
  )
  for (const failure of failures) console.log(failure)
  console.log(failures.length === 0 ? '1 passed, 0 failed' : '0 passed, 1 failed')
  process.exitCode = failures.length === 0 ? 0 : 1
} finally {
  await running?.kill('SIGKILL')
  server.remove()
  rmSync(folder, { recursive: true, force: true })
}

/** One writer: puts, deletes and uploads in parts until the server dies. */
async function write(isOver) {
  while (!isOver()) {
    const key = keys[random(keys.length)]
    if (busy.has(key)) {
      await sleep(1)
      continue
    }
    busy.add(key)
    try {
      const choice = random(10)
      if (choice < 5) await put(key)
      else if (choice < 6) await remove(key)
      else await upload(key)
    } catch (error) {
      // The server was killed: requests in flight may have had an effect or not. An answer is another matter.
      if (error instanceof WrongAnswer) failures.push(error.message)
    } finally {
      busy.delete(key)
    }
  }
}

function content() {
  const size = random(4) === 0 ? random(1_500_000) : random(5000)
  return Buffer.alloc(size, `${random(2 ** 32)} `)
}

async function put(key) {
  const body = content()
  const etag = md5(body)
  expected.get(key).add(etag)
  const answer = await send('PUT', key, '', body)
  expectStatus(answer, 200, `PUT ${key}`)
  settle(key, etag)
}

async function remove(key) {
  expected.get(key).add('absent')
  const answer = await send('DELETE', key)
  expectStatus(answer, 204, `DELETE ${key}`)
  settle(key, 'absent')
}

async function upload(key) {
  const begun = await send('POST', key, 'uploads')
  expectStatus(begun, 200, `Initiate ${key}`)
  const id = /<UploadId>(\w+)</.exec(begun.text)[1]
  const parts = new Map()
  uploads.set(id, { key, parts, isCompleting: false })
  for (let number = 1; number <= 2 + random(3); number++) {
    const body = content()
    const answer = await send('PUT', key, `partNumber=${number}&uploadId=${id}`, body)
    expectStatus(answer, 200, `part ${number} of ${key}`)
    parts.set(number, md5(body))
    acknowledged++
  }
  if (random(4) === 0) return
  const list = [...parts].map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>"${etag}"</ETag></Part>`,
  )
  const etag = `${md5([...parts.values()].join(''))}-${parts.size}`
  expected.get(key).add(etag)
  uploads.get(id).isCompleting = true
  const xml = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`)
  const answer = await send('POST', key, `uploadId=${id}`, xml)
  expectStatus(answer, 200, `Complete ${key}`)
  uploads.delete(id)
  settle(key, etag)
}

function expectStatus({ status, text }, wanted, what) {
  if (status !== wanted) throw new WrongAnswer(`${what} was answered with ${status}: ${text}`)
}

function settle(key, etag) {
  acknowledged++
  expected.set(key, new Set([etag]))
}

/** Every key holds one of the values it may hold, whole; every unfinished upload has its parts. */
async function verify(round) {
  for (const key of keys) {
    const answer = await send('GET', key)
    const found = answer.status === 404 ? 'absent' : answer.headers.etag.replaceAll('"', '')
    if (!expected.get(key).has(found)) {
      failures.push(
        `after kill ${round}: ${key} is ${found}, not ${[...expected.get(key)].join(' or ')}`,
      )
    }
    if (found !== 'absent' && !found.includes('-') && md5(answer.body) !== found) {
      failures.push(`after kill ${round}: the bytes of ${key} are not those of its ETag`)
    }
    expected.set(key, new Set([found]))
  }
  for (const [id, { key, parts, isCompleting }] of uploads) {
    const answer = await send('GET', key, `uploadId=${id}`)
    if (answer.status === 404) {
      if (!isCompleting) failures.push(`after kill ${round}: upload ${id} is missing`)
    } else {
      for (const [number, etag] of parts) {
        const isThere =
          answer.text.includes(`<PartNumber>${number}</PartNumber>`) && answer.text.includes(etag)
        if (!isThere) failures.push(`after kill ${round}: part ${number} of ${id} is missing`)
      }
      await send('DELETE', key, `uploadId=${id}`)
    }
    uploads.delete(id)
  }
}

function send(method, key, query = '', body = undefined) {
  const path = `/${bucket}/${encodeURI(key)}${query === '' ? '' : `?${query}`}`
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        method,
        path,
        agent,
        headers: body ? { 'content-length': body.length } : { 'content-length': 0 },
      },
      answer => {
        const chunks = []
        answer.on('data', chunk => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const whole = Buffer.concat(chunks)
          resolve({
            status: answer.statusCode,
            headers: answer.headers,
            body: whole,
            text: whole.toString(),
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function md5(bytes) {
  return createHash('md5').update(bytes).digest('hex').toUpperCase()
}
