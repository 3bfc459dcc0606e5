// What the contract promises, shown through the built command: for each mishap the exit codes of the
// runs, the part bodies that reached OSS, and a comparison of the bytes. Prints a Markdown table and
// fails if a figure is not the promised one.
//
//   node scripts/contract-table.mjs

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { namesIn } from './names-in.mjs'
import { parseLine } from './parse-line.mjs'
import { seeded } from './seeded.mjs'
import { ensureBuild, root } from './setup.mjs'

ensureBuild()
const { serve } = await import('../dist/server/index.js')
const { Bucket } = await import('../dist/runtimes/node/index.js')

const bin = join(root, 'dist', 'cli', 'bin.js')
const partSize = 100 * 1024
const parts = 30
const bucketName = 'examplebucket'
const key = 'dir/object.bin'
const content = noise(parts * partSize - 1000, 1)
const few = Buffer.from('a few other bytes')
const lostAnswer = { kind: 'lose-answer', operations: ['CompleteMultipartUpload'], times: 1 }
const slowParts = { kind: 'slow-answer', ms: 25, operations: ['UploadPart'] }

/** Each acts in a world of its own and says what it expects: exit codes, part bodies, the object. */
const rows = [
  {
    what: 'The answer to Complete is lost',
    async act(world) {
      world.oss.faults.set([lostAnswer])
      await world.upload()
    },
    expect: { codes: [0], bodies: parts },
  },
  {
    what: 'The answer to Complete is lost, and the process killed',
    async act(world) {
      world.oss.faults.set([{ ...lostAnswer, kind: 'slow-answer', ms: 60_000 }])
      await world.uploadUntil(() => world.hasObject())
      world.oss.faults.set([])
      await world.upload()
    },
    expect: { codes: ['KILL', 0], bodies: parts },
  },
  {
    what: 'Killed after 20 parts',
    async act(world) {
      await world.uploadUntilParts(20)
      await world.upload()
    },
    expect: { codes: ['KILL', 0], bodies: [parts, parts + 1] },
  },
  {
    what: 'Every byte changed, size and mtime as before',
    async act(world) {
      await world.uploadUntilParts(20)
      const { atime, mtime } = statSync(world.file)
      world.write(noise(content.length, 2))
      utimesSync(world.file, atime, mtime)
      await world.upload()
    },
    expect: { codes: ['KILL', 0], bodies: [20 + parts, 21 + parts] },
  },
  {
    what: 'A few bytes of a sent part edited',
    async act(world) {
      await world.uploadUntilParts(20)
      world.edit(3 * partSize, few)
      await world.upload()
    },
    expect: { codes: ['KILL', 0], bodies: [parts + 1, parts + 2] },
  },
  {
    what: 'The file grew by three parts',
    async act(world) {
      await world.uploadUntilParts(20)
      appendFileSync(world.file, noise(3 * partSize, 3))
      await world.upload()
    },
    expect: { codes: ['KILL', 0], bodies: [parts + 3, parts + 4] },
  },
  {
    what: 'The file was cut to 15½ parts',
    async act(world) {
      await world.uploadUntilParts(20)
      truncateSync(world.file, 15.5 * partSize)
      await world.upload()
    },
    expect: { codes: ['KILL', 0], bodies: [21, 22] },
  },
  {
    what: 'A sent part was edited while the others were sent',
    async act(world) {
      world.oss.faults.set([slowParts])
      await world.upload({ onParts: [10, () => world.edit(partSize, few)] })
    },
    expect: { codes: [0], bodies: [parts + 1, parts + 2] },
  },
  {
    what: 'The upload id was aborted meanwhile',
    async act(world) {
      await world.uploadUntilParts(20)
      for (const uploadId of await world.unfinished()) {
        await world.bucket.abortMultipartUpload({ key, uploadId })
      }
      await world.upload()
    },
    expect: { codes: ['KILL', 0], bodies: [20 + parts, 21 + parts] },
  },
  {
    what: 'Another owner of the upload completed it',
    async act(world) {
      world.oss.faults.set([{ kind: 'lose-request', operations: ['CompleteMultipartUpload'] }])
      await world.uploadUntil(async event => event.type === 'retry' || event.type === 'completing')
      world.oss.faults.set([])
      const [uploadId] = await world.unfinished()
      const { parts: listed } = await world.bucket.listParts({ key, uploadId })
      await world.bucket.completeMultipartUpload({ key, uploadId, parts: listed })
      await world.upload()
    },
    expect: { codes: ['KILL', 0], bodies: parts },
  },
  {
    what: 'A token that ends about every 20 requests; a new one for each run',
    async act(world) {
      world.oss.faults.set([slowParts])
      for (let run = 1, code = 3; code === 3; run++) {
        if (run > 10) throw new Error('it does not come to an end')
        const token = { accessKeyId: `STS.${run}`, accessKeySecret: 's', securityToken: `t${run}` }
        world.oss.keys.add(token)
        const until = world.requests() + 20
        const watch = setInterval(() => {
          if (world.requests() >= until) world.oss.keys.add({ ...token, expiresAt: 1 })
        }, 1)
        code = await world.upload({ as: token })
        clearInterval(watch)
      }
    },
    expect: { codes: codes => codes.length > 1 && codes.at(-1) === 0, bodies: [parts, parts + 12] },
  },
  {
    what: "This computer's clock is off by a day",
    async act(world) {
      world.oss.skewClock(86_400_000)
      await world.upload()
      world.oss.skewClock(0)
    },
    expect: { codes: [0], bodies: parts },
  },
  {
    what: 'Killed, and continued without `oss:ListParts`',
    async act(world) {
      await world.uploadUntilParts(20)
      await world.upload({ as: world.keyWithout('oss:ListParts') })
    },
    expect: { codes: ['KILL', 0], bodies: [parts, parts + 1] },
  },
  {
    what: 'The answer to Complete is lost, without `oss:GetObject`; then with it',
    async act(world) {
      world.oss.faults.set([lostAnswer])
      await world.upload({ as: world.keyWithout('oss:GetObject') })
      await world.upload()
    },
    expect: { codes: [8, 0], bodies: parts },
  },
  {
    what: 'The checkpoint folder was deleted; `--adopt` at once, then 16 minutes later',
    async act(world) {
      await world.uploadUntilParts(20)
      rmSync(world.checkpoints, { recursive: true })
      await world.upload({ args: ['--adopt'] })
      world.oss.skewClock(16 * 60_000)
      await world.upload({ args: ['--adopt'] })
      world.oss.skewClock(0)
    },
    expect: { codes: ['KILL', 7, 0], bodies: [parts, parts + 1] },
  },
  {
    what: 'An upload that oss2 left with 11 of 25 parts',
    async act(world) {
      await world.leaveOss2Record(11)
      await world.upload()
    },
    expect: { codes: [0], bodies: 25 },
  },
  {
    what: 'A second process at once; then one that waits',
    async act(world) {
      world.oss.faults.set([{ ...slowParts, ms: 250 }])
      const others = []
      const startOthers = () => {
        // The first is slow until it has met both others, however late they start.
        world.oss.faults.set([{ ...slowParts, ms: 2000 }])
        const refused = world.upload()
        const isWaiting = new Promise(resolve => {
          const onEvent = ({ type }) => type === 'waiting' && resolve()
          others.push(refused, world.upload({ args: ['--wait'], onEvent }))
        })
        others.push(Promise.all([refused, isWaiting]).then(() => world.oss.faults.set([])))
      }
      await world.upload({ onParts: [3, startOthers] })
      await Promise.all(others)
    },
    // The first to end is the one that was refused; the one that waited finds what the first stored.
    expect: { codes: [7, 0, 0], bodies: [parts, parts] },
  },
  {
    what: 'Standard input cut off, and offered again',
    async act(world) {
      const args = ['--expected-size', String(content.length)]
      await world.upload({ stdin: content.subarray(0, 20.5 * partSize), args })
      await world.upload({ stdin: content, args })
    },
    expect: { codes: [4, 0], bodies: [parts, parts + 1] },
  },
  {
    what: "Another writer's object came while the answer to Complete was lost",
    async act(world) {
      // The command cannot look at the object before the other writer has replaced it.
      world.oss.faults.set([lostAnswer, { kind: 'lose-request', operations: ['HeadObject'] }])
      const ours = world.upload()
      await world.seen(() => world.hasObject())
      // OSS dates objects in seconds.
      world.oss.skewClock(1100)
      await world.bucket.putObject({ key, body: Buffer.from('newer') })
      world.oss.faults.set([])
      await ours
      const stored = await world.object()
      if (stored?.toString() !== 'newer') throw new Error("the other writer's object was replaced")
      await world.upload()
    },
    expect: { codes: [8, 0], bodies: 2 * parts },
  },
  {
    what: '`--forbid-overwrite`, and the answer to Complete is lost',
    async act(world) {
      world.oss.faults.set([lostAnswer])
      await world.upload({ args: ['--forbid-overwrite'] })
    },
    expect: { codes: [0], bodies: parts },
  },
  {
    what: '`--forbid-overwrite`, and an equal object was there before',
    async act(world) {
      await world.bucket.putObject({ key, body: content })
      await world.upload({ args: ['--forbid-overwrite'] })
      await world.bucket.deleteObject({ key })
      await world.upload({ args: ['--forbid-overwrite'] })
    },
    expect: { codes: [8, 0], bodies: parts },
  },
]

const wrong = []
console.log('| what happened | exit codes | part bodies sent | object | left behind |')
console.log('| --- | --- | --- | --- | --- |')
for (const row of rows) await show(row)
for (const complaint of wrong) console.error(complaint)
process.exitCode = wrong.length === 0 ? 0 : 1

async function show({ what, act, expect }) {
  const world = await makeWorld()
  try {
    await act(world)
    const bodies = world.oss.stats().operations.UploadPart?.requests ?? 0
    const stored = await world.object()
    const equal = stored?.equals(world.now()) === true
    const left = (await world.unfinished()).length + world.leftovers().length
    console.log(
      `| ${what} | ${world.codes.join(', ')} | ${bodies} of ${world.partsNow()} | ${equal ? 'equal' : 'DIFFERS'} | ${left === 0 ? 'nothing' : `${left} things`} |`,
    )
    const [least, most] =
      [expect.bodies].flat().length === 2 ? expect.bodies : [expect.bodies, expect.bodies]
    const codesFit =
      typeof expect.codes === 'function'
        ? expect.codes(world.codes)
        : world.codes.join() === expect.codes.join()
    if (codesFit && equal && left === 0 && bodies >= least && bodies <= most) return
    wrong.push(`${what}: expected ${expect.codes}; ${expect.bodies}\n${world.errors.join('')}`)
  } catch (error) {
    wrong.push(`${what}: ${error.stack}\n${world.errors.join('')}`)
    console.log(`| ${what} | ${world.codes.join(', ')} | FAILED | | |`)
  } finally {
    await world.close()
  }
}

async function makeWorld() {
  const oss = await serve({ buckets: [bucketName] })
  const folder = mkdtempSync(join(tmpdir(), 'ossup-table-'))
  const file = join(folder, 'file.bin')
  const checkpoints = join(folder, 'checkpoints')
  const { region, endpoint } = oss
  writeFileSync(file, content)
  const world = {
    oss,
    file,
    checkpoints,
    codes: [],
    errors: [],
    source: content,
    bucket: new Bucket({ name: bucketName, region, endpoint, credentials: oss.key }),
    now: () => (world.isStream ? content : readFileSync(file)),
    partsNow: () => Math.ceil(world.now().length / partSize),
    write: bytes => writeFileSync(file, bytes),
    edit(position, bytes) {
      const now = readFileSync(file)
      bytes.copy(now, position)
      writeFileSync(file, now)
    },
    requests: () =>
      Object.values(oss.stats().operations).reduce((sum, { requests }) => sum + requests, 0),
    keyWithout(...deny) {
      const limited = { accessKeyId: 'limited', accessKeySecret: 'secret', deny }
      oss.keys.add(limited)
      return limited
    },
    hasObject: async () => (await world.object()) !== undefined,
    async object() {
      // Read after the faults, without counting requests.
      try {
        const { body } = await world.bucket.getObject({ key })
        const chunks = []
        for await (const chunk of body) chunks.push(chunk)
        return Buffer.concat(chunks)
      } catch (error) {
        if (error.code === 'NoSuchKey') return undefined
        throw error
      }
    },
    async unfinished() {
      const { uploads } = await world.bucket.listMultipartUploads({})
      return uploads.map(({ uploadId }) => uploadId)
    },
    leftovers() {
      return namesIn(checkpoints).filter(name => name !== '.py-oss-upload')
    },
    async seen(condition) {
      for (let tries = 0; !(await condition()); tries++) {
        if (tries > 20_000) throw new Error('what was waited for never came')
        await sleep(5)
      }
    },
    /** Runs the command to its end. */
    upload: (options = {}) => runCommand(world, options),
    /** Runs it and kills it as soon as an event or a look says so. */
    uploadUntil: until => runCommand(world, { until }),
    async uploadUntilParts(count) {
      // OSS answers no further part before the kill, however late it comes.
      oss.faults.set([{ kind: 'latency', ms: 20_000, operations: ['UploadPart'], skip: count }])
      let confirmed = 0
      await runCommand(world, {
        until: event => event.type === 'part' && ++confirmed === count,
        args: ['--concurrency', '1'],
      })
      oss.faults.set([])
    },
    async leaveOss2Record(count) {
      world.write(content.subarray(0, 25 * partSize - 7))
      const { uploadId } = await world.bucket.initiateMultipartUpload({ key })
      for (let partNumber = 1; partNumber <= count; partNumber++) {
        const body = content.subarray((partNumber - 1) * partSize, partNumber * partSize)
        await world.bucket.uploadPart({ key, uploadId, partNumber, body })
      }
      const { size, mtimeMs } = statSync(file)
      const record = {
        op_type: 'ResumableUpload',
        upload_id: uploadId,
        file_path: file,
        size,
        mtime: mtimeMs / 1000,
        bucket: bucketName,
        key,
        part_size: partSize,
      }
      const records = join(checkpoints, '.py-oss-upload')
      mkdirSync(records, { recursive: true })
      const name = `${md5(`oss://${bucketName}/${key}`)}--${md5(file)}`
      writeFileSync(join(records, name), JSON.stringify(record))
    },
    async close() {
      await oss.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return world
}

async function runCommand(world, options) {
  const { args = [], as = world.oss.key, stdin, until, onParts, onEvent } = options
  if (stdin !== undefined) world.isStream = true
  const fixed = [
    '--json',
    '--part-size',
    '100KiB',
    '--multipart-threshold',
    '1MiB',
    '--checkpoint-dir',
    world.checkpoints,
  ]
  if (!args.includes('--concurrency')) fixed.push('--concurrency', '2')
  const source = stdin === undefined ? world.file : '-'
  const child = spawn(
    process.execPath,
    [bin, 'upload', source, `oss://${bucketName}/${key}`, ...fixed, ...args],
    { env: environment(world.oss, as), stdio: ['pipe', 'pipe', 'pipe'] },
  )
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  child.stderr.on('data', text => world.errors.push(String(text)))
  let confirmed = 0
  const strike = () => child.kill('SIGKILL')
  const closed = new Promise(resolve => child.on('close', resolve))
  let isOver = false
  closed.then(() => {
    isOver = true
  })
  createInterface({ input: child.stdout }).on('line', async line => {
    const event = parseLine(line)
    onEvent?.(event)
    if (event.type === 'part' && ++confirmed === onParts?.[0]) onParts[1]()
    if (until?.length === 1 && (await until(event))) strike()
  })
  if (until?.length === 0) {
    while (!isOver && !(await until())) await sleep(5)
    strike()
  }
  const code = await closed
  world.codes.push(code ?? 'KILL')
  return code
}

function environment({ endpoint, region }, { accessKeyId, accessKeySecret, securityToken }) {
  const others = Object.entries(process.env).filter(([name]) => !/^(OSS_|npm_)/.test(name))
  return {
    ...Object.fromEntries(others),
    OSS_ENDPOINT: endpoint,
    OSS_REGION: region,
    OSS_ACCESS_KEY_ID: accessKeyId,
    OSS_ACCESS_KEY_SECRET: accessKeySecret,
    ...(securityToken && { OSS_SESSION_TOKEN: securityToken }),
  }
}

function noise(size, seed) {
  const random = seeded(seed)
  const bytes = Buffer.alloc(Math.ceil(size / 4) * 4)
  for (let at = 0; at < bytes.length; at += 4) {
    bytes.writeUInt32LE(Math.floor(random.next() * 2 ** 32), at)
  }
  return bytes.subarray(0, size)
}

function md5(text) {
  return createHash('md5').update(text).digest('hex')
}
