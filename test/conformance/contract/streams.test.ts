// Rule 15: sources that can be read only once, and what happens when they are offered again.

import { execFileSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { UploadEvent } from '../../../src/progress/upload-event.ts'
import { temporaryName } from '../../../src/runtimes/node/files/stale-files.ts'
import {
  discardCheckpoint,
  listCheckpoints,
  listSpoolFiles,
  removeSpoolFile,
  resumeCheckpoint,
} from '../../../src/runtimes/node/index.ts'
import { iterablePieces, streamSource } from '../../../src/source/stream-source.ts'
import { crashAtComplete } from './crash-at-complete.ts'
import {
  fileSize,
  key,
  makeWorld,
  noise,
  partCount,
  partSize,
  silence,
  type World,
} from './world.ts'

const bytes = noise(fileSize)

/** Gives the bytes in chunks of different sizes, and fails after some of them if requested. */
async function* pieces(content: Uint8Array, failAfter = Number.POSITIVE_INFINITY) {
  for (let position = 0; position < content.length; ) {
    if (position >= failAfter) throw new Error('the producer died')
    const size = Math.min(1 + ((position * 7919) % 40_000), failAfter - position)
    yield content.subarray(position, position + size)
    position += size
  }
}

describe('a stream', () => {
  it.each([
    ['of Node.js', () => Readable.from(pieces(bytes))],
    ['of the web', () => new Blob([bytes]).stream()],
    ['that is an async iterable', () => pieces(bytes)],
    ['of a file', () => createReadStream(import.meta.filename)],
  ])('%s is uploaded', async (what, make) => {
    const world = await makeWorld()
    const content = what === 'of a file' ? readFileSync(import.meta.filename) : bytes
    const result = await world.upload(make(), { concurrency: 3 })
    expect(result).toMatchObject({ size: content.length, verified: 'crc64' })
    await world.expectStored(content)
  })

  it.each([0, 1, partSize - 1, partSize, 2 * partSize, 2 * partSize + 1])(
    'of %i bytes, without a known length',
    async size => {
      const world = await makeWorld()
      await world.upload(pieces(bytes.subarray(0, size)))
      await world.expectStored(bytes.subarray(0, size))
    },
  )

  it('that is silent keeps no request open', async () => {
    const world = await makeWorld()
    let open = 0
    world.network = async (_, pass) => {
      open++
      return pass().finally(() => open--)
    }
    const confirmedFive = new EventEmitter()
    const five = once(confirmedFive, 'all')
    let confirmed = 0
    let openInSilence: number | undefined
    async function* source() {
      yield bytes.subarray(0, 5 * partSize + 1)
      // All whole parts are stored, and nothing more comes: only now does the silence begin.
      await five
      await nextTurn()
      openInSilence = open
      yield bytes.subarray(5 * partSize + 1)
    }
    const onEvent = ({ type }: UploadEvent) => {
      if (type === 'part' && ++confirmed === 5) confirmedFive.emit('all')
    }
    await world.upload(source(), { concurrency: 3, onEvent })
    expect(openInSilence).toBe(0)
    await world.expectStored(bytes)
  })

  it('holds no more parts in memory than are sent at once', async () => {
    const world = await makeWorld()
    let given = 0
    async function* counted() {
      for await (const piece of pieces(bytes)) {
        given += piece.length
        yield piece
      }
    }
    const stop = new AbortController()
    world.network = async ({ operation, partNumber }, pass) => {
      if (operation !== 'UploadPart') return pass()
      if (partNumber === 3) setImmediate(() => setImmediate(() => stop.abort('enough')))
      return silence()
    }
    const upload = world.upload(counted(), { concurrency: 3, signal: stop.signal })
    await expect(upload).rejects.toBe('enough')
    expect(given).toBeLessThanOrEqual(4 * partSize + 40_000)
  })
})

describe('a stream that was cut off and is offered again', () => {
  it('has its confirmed parts verified while they pass, not sent again', async () => {
    const world = await makeWorld()
    const cut = 7 * partSize + 100
    await expect(world.upload(pieces(bytes, cut))).rejects.toMatchObject({
      name: 'SourceError',
      code: 'SOURCE_FAILED',
      resumable: true,
      cause: expect.objectContaining({ message: 'the producer died' }),
    })
    expect(await world.object()).toBeUndefined()
    world.forgetRequests()
    const result = await world.upload(pieces(bytes))
    expect(result.resumed).toEqual({ bytes: 7 * partSize, parts: 7 })
    expect(world.partBodies).toBe(partCount - 7)
    await world.expectStored(bytes)
  })

  it('with other content: what differs is sent, and nothing is mixed', async () => {
    const world = await makeWorld()
    await expect(world.upload(pieces(bytes, 7 * partSize))).rejects.toThrow()
    const now = Buffer.from(bytes)
    now.set(noise(100, 3), 2 * partSize - 50)
    world.forgetRequests()
    await world.upload(pieces(now))
    expect(world.partBodies).toBe(partCount - 7 + 2)
    await world.expectStored(now)
  })

  it('shorter than what was sent before', async () => {
    const world = await makeWorld()
    await expect(world.upload(pieces(bytes, 9 * partSize))).rejects.toThrow()
    world.forgetRequests()
    const short = bytes.subarray(0, 4 * partSize + 10)
    await world.upload(pieces(short))
    expect(world.partBodies).toBe(1)
    await world.expectStored(short)
  })

  it('shorter than the threshold', async () => {
    const world = await makeWorld()
    await expect(world.upload(pieces(bytes, 9 * partSize))).rejects.toThrow()
    await world.upload(pieces(bytes.subarray(0, 50)))
    await world.expectStored(bytes.subarray(0, 50))
  })

  it('when its upload was aborted meanwhile', async () => {
    const world = await makeWorld()
    await expect(world.upload(pieces(bytes, 7 * partSize))).rejects.toThrow()
    for (const uploadId of await world.unfinished()) {
      await world.other.abortMultipartUpload({ key, uploadId })
    }
    await world.upload(pieces(bytes))
    await world.expectStored(bytes)
  })

  it('after the answer to Complete was lost', async () => {
    const world = await makeWorld()
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['CompleteMultipartUpload'], times: 1 },
    ])
    await world.upload(pieces(bytes))
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })

  it.each([
    ['edited', () => Buffer.concat([bytes.subarray(0, -1), Buffer.from('x')])],
    ['cut at the end of a part', () => bytes.subarray(0, 9 * partSize)],
    ['cut within a part', () => bytes.subarray(0, 9 * partSize + 1)],
    ['longer', () => Buffer.concat([bytes, noise(partSize, 7)])],
  ])('after its object was stored: %s, it is not taken for that one', async (_, change) => {
    const world = await makeWorld()
    const checkpointDir = await crashAtComplete(world, pieces(bytes), true)
    world.forgetRequests()
    const now = change()
    const again = () => world.upload(pieces(now), { checkpointDir })
    await expect(again()).rejects.toMatchObject({ code: 'OFFER_AGAIN', resumable: false })
    expect(world.partBodies).toBe(0)
    expect((await world.object())?.equals(bytes)).toBe(true)
    expect(world.leftovers(checkpointDir)).toEqual([])
    await again()
    expect((await world.object())?.equals(now)).toBe(true)
  })

  it('after its object was stored: the same stream is done without a part sent', async () => {
    const world = await makeWorld()
    const checkpointDir = await crashAtComplete(world, pieces(bytes), true)
    world.forgetRequests()
    const result = await world.upload(pieces(bytes), { checkpointDir, partSize: 2 * partSize })
    expect(result).toMatchObject({ size: fileSize, sentBytes: 0, resumed: { parts: partCount } })
    expect(world.partBodies).toBe(0)
    expect(world.leftovers(checkpointDir)).toEqual([])
  })

  it('after its object was stored, and the record of a part is damaged', async () => {
    const world = await makeWorld()
    const checkpointDir = await crashAtComplete(world, pieces(bytes), true)
    const [name = ''] = world.leftovers(checkpointDir)
    const path = join(checkpointDir, name)
    const lines = readFileSync(path, 'utf8').split('\n')
    const last = lines.findLastIndex(line => line.includes('{"t":"part"'))
    writeFileSync(path, lines.with(last, 'x').join('\n'))
    world.forgetRequests()
    const result = await world.upload(pieces(bytes), { checkpointDir })
    expect(result).toMatchObject({ size: fileSize, sentBytes: 0, parts: partCount })
    expect(world.partBodies).toBe(0)
    expect(world.leftovers(checkpointDir)).toEqual([])
  })

  it.each([
    ['the same', bytes],
    ['another', noise(fileSize, 7)],
  ])('while OSS still works on its Complete: %s, nothing is sent', async (what, now) => {
    const world = await makeWorld()
    const checkpointDir = await crashAtComplete(world, pieces(bytes), false)
    world.network = async ({ operation }, pass) => {
      const answer = await pass()
      // The object was not there yet when it was looked for.
      if (operation === 'HeadObject' && (await world.object()) === undefined) await finish(world)
      return answer
    }
    world.forgetRequests()
    const again = world.upload(pieces(now), { checkpointDir })
    if (what === 'the same') expect(await again).toMatchObject({ size: fileSize, sentBytes: 0 })
    else await expect(again).rejects.toMatchObject({ code: 'OFFER_AGAIN' })
    expect(world.count('InitiateMultipartUpload')).toBe(0)
    expect(world.partBodies).toBe(0)
    expect((await world.object())?.equals(bytes)).toBe(true)
    expect(world.leftovers(checkpointDir)).toEqual([])
  })

  it("after another's equal object was stored, and its own upload lives", async () => {
    const world = await makeWorld()
    world.oss.faults.set([
      { kind: 'lose-request', operations: ['CompleteMultipartUpload'], times: 20 },
    ])
    await expect(world.upload(pieces(bytes))).rejects.toMatchObject({ resumable: true })
    await world.other.putObject({ key, body: bytes })
    world.oss.faults.set([])
    const now = noise(fileSize, 7)
    await expect(world.upload(pieces(now))).rejects.toMatchObject({ code: 'OFFER_AGAIN' })
    await world.upload(pieces(now))
    await world.expectStored(now)
  })

  it.each([['upload'], ['upload', 'intent'], ['upload', 'intent', 'begin']])(
    'when the records of its checkpoint are damaged: %s %s %s',
    async (...damaged) => {
      const world = await makeWorld()
      await expect(world.upload(pieces(bytes, 7 * partSize))).rejects.toThrow()
      const [name = ''] = world.leftovers()
      const path = join(world.checkpointDir, name)
      const lines = readFileSync(path, 'utf8').split('\n')
      const isDamaged = (line: string) => damaged.some(t => line.includes(`{"t":"${t}"`))
      writeFileSync(path, lines.map(line => (isDamaged(line) ? 'x' : line)).join('\n'))
      world.forgetRequests()
      const result = await world.upload(pieces(bytes))
      expect(result.resumed).toEqual({ bytes: 7 * partSize, parts: 7 })
      expect(world.partBodies).toBe(partCount - 7)
      await world.expectStored(bytes)
    },
  )

  it("is not mistaken for another's upload, wherever the damage is", async () => {
    const world = await makeWorld()
    await expect(world.upload(pieces(bytes, 7 * partSize))).rejects.toThrow()
    for (const uploadId of await world.unfinished()) {
      await world.other.abortMultipartUpload({ key, uploadId })
    }
    const { uploadId } = await world.other.initiateMultipartUpload({ key })
    await world.other.uploadPart({ key, uploadId, partNumber: 1, body: noise(partSize, 9) })
    const [name = ''] = world.leftovers()
    writeFileSync(join(world.checkpointDir, name), 'damaged\n', { flag: 'r+' })
    await world.upload(pieces(bytes))
    expect((await world.object())?.equals(bytes)).toBe(true)
    expect(await world.unfinished()).toEqual([uploadId])
  })

  it('when its checkpoint is lost, with adopt', async () => {
    const world = await makeWorld()
    await expect(world.upload(pieces(bytes, 7 * partSize))).rejects.toThrow()
    rmSync(world.checkpointDir, { recursive: true })
    const adopted = world.upload(pieces(bytes), { adopt: true })
    await expect(adopted).rejects.toMatchObject({ code: 'ADOPT_TOO_YOUNG' })
    world.clock.shift(16 * 60_000)
    world.skewServer(16 * 60_000)
    world.forgetRequests()
    await world.upload(pieces(bytes), { adopt: true })
    expect(world.partBodies).toBe(partCount - 7)
    await world.expectStored(bytes)
  })

  it.each([0, 7])('with adopt, longer than the %i bytes that all of it once had', async size => {
    const world = await makeWorld()
    const { uploadId } = await world.other.initiateMultipartUpload({ key })
    const body = bytes.subarray(0, size)
    await world.other.uploadPart({ key, uploadId, partNumber: 1, body })
    await world.upload(pieces(bytes), { adopt: 'force' })
    await world.expectStored(bytes)
  })

  it('without oss:ListParts', async () => {
    const world = await makeWorld()
    await expect(world.upload(pieces(bytes, 7 * partSize))).rejects.toThrow()
    world.forgetRequests()
    const bucket = world.bucket(world.keyWithout('oss:ListParts'))
    await world.upload(pieces(bytes), {}, { bucket })
    expect(world.partBodies).toBe(partCount - 7)
    await world.expectStored(bytes)
  })
})

/** Does what OSS does when it comes to a Complete that it got earlier. */
async function finish(world: World): Promise<void> {
  const [uploadId = ''] = await world.unfinished()
  const { parts } = await world.other.listParts({ key, uploadId })
  await world.other.completeMultipartUpload({ key, uploadId, parts })
}

describe('the length of a stream', () => {
  it('is checked against expectedSize: a producer that died early is no end', async () => {
    const world = await makeWorld()
    const short = bytes.subarray(0, 9 * partSize)
    await expect(world.upload(pieces(short), { expectedSize: fileSize })).rejects.toMatchObject({
      code: 'SOURCE_SIZE',
      resumable: true,
    })
    expect(await world.object()).toBeUndefined()
    world.forgetRequests()
    await world.upload(pieces(bytes), { expectedSize: fileSize })
    expect(world.partBodies).toBe(partCount - 9)
    await world.expectStored(bytes)
  })

  it('is checked of a short stream before anything is sent', async () => {
    const world = await makeWorld()
    const upload = world.upload(pieces(bytes.subarray(0, 10)), { expectedSize: 11 })
    await expect(upload).rejects.toMatchObject({ code: 'SOURCE_SIZE' })
    expect(world.oss.stats().operations).toEqual({})
    expect(world.leftovers()).toEqual([])
  })

  it('longer than expectedSize is not stored either', async () => {
    const world = await makeWorld()
    const upload = world.upload(pieces(bytes), { expectedSize: fileSize - 1 })
    await expect(upload).rejects.toMatchObject({ code: 'SOURCE_SIZE' })
    expect(await world.object()).toBeUndefined()
  })

  it('hinted at makes parts large enough', async () => {
    const world = await makeWorld()
    const sizeHint = 20_000 * partSize
    const result = await world.upload(pieces(bytes), { sizeHint })
    // 256 KiB each: the least in steps of 64 KiB with which 10,000 are enough.
    expect(result.parts).toBe(5)
    await world.expectStored(bytes)
  })
})

describe.skipIf(process.platform === 'win32')('a path that is no plain file', () => {
  it('a file that does not tell its size', async () => {
    const world = await makeWorld()
    const result = await world.upload('/proc/version')
    expect(result.size).toBeGreaterThan(0)
    await world.expectStored(readFileSync('/proc/version'))
  })

  it('a FIFO', async () => {
    const world = await makeWorld()
    const fifo = join(world.folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    const writer = Readable.from(pieces(bytes)).pipe(createWriteStream(fifo))
    await Promise.all([world.upload(fifo), once(writer, 'close')])
    await world.expectStored(bytes)
  })

  it('a FIFO into which nothing is written', async () => {
    const world = await makeWorld()
    const fifo = join(world.folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    const upload = world.upload(fifo)
    await (await open(fifo, 'w')).close()
    expect(await upload).toMatchObject({ size: 0 })
    await world.expectStored(Buffer.alloc(0))
  })
})

describe('a stream that is spooled', () => {
  const spoolOf = (world: World) => join(world.folder, 'spool')
  const spoolFiles = (world: World) => readdirSync(spoolOf(world))

  it('is uploaded from a file, which is then removed', async () => {
    const world = await makeWorld()
    await world.upload(pieces(bytes), { spoolDir: spoolOf(world), expectedSize: fileSize })
    await world.expectStored(bytes)
    expect(spoolFiles(world)).toEqual([])
  })

  it('and tells how much of it is in the file, and when it is whole', async () => {
    const world = await makeWorld()
    const large = noise(3 * 1024 ** 2 + 5)
    await world.upload(pieces(large), { spoolDir: spoolOf(world) })
    const told = world.events.flatMap(event => (event.type === 'spooling' ? [event] : []))
    expect(told[0]).toEqual({ type: 'spooling', bytes: 1024 ** 2, isWhole: false })
    expect(told.at(-1)).toEqual({ type: 'spooling', bytes: large.length, isWhole: true })
    expect(world.events.indexOf(told.at(-1)!)).toBe(told.length - 1)
  })

  it('goes on after an interruption without the stream', async () => {
    const world = await makeWorld()
    await world.uploadUntil(5, pieces(bytes), { spoolDir: spoolOf(world) })
    expect(spoolFiles(world)).toHaveLength(1)
    const { checkpointDir } = world
    const { checkpoints } = await listCheckpoints({ checkpointDir })
    const id = checkpoints[0]?.id ?? ''
    const result = await resumeCheckpoint(world.bucket(), id, { checkpointDir, partSize })
    expect(result).toMatchObject({ resumed: { parts: 5 } })
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
    expect(spoolFiles(world)).toEqual([])
  })

  it('or when it is passed again, and keeps equal parts', async () => {
    const world = await makeWorld()
    await world.uploadUntil(5, pieces(bytes), { spoolDir: spoolOf(world) })
    const longer = Buffer.concat([bytes, noise(partSize, 7)])
    await world.upload(pieces(longer), { spoolDir: spoolOf(world) })
    expect(world.partBodies).toBe(partCount + 1)
    await world.expectStored(longer)
    expect(spoolFiles(world)).toEqual([])
  })

  it('and is cut off: nothing is sent, nothing is left', async () => {
    const world = await makeWorld()
    const spoolDir = spoolOf(world)
    await expect(world.upload(pieces(bytes, 3000), { spoolDir })).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
    })
    const short = world.upload(pieces(bytes), { spoolDir, expectedSize: fileSize + 1 })
    await expect(short).rejects.toMatchObject({ code: 'SOURCE_SIZE' })
    const silent = new ReadableStream<Uint8Array>({ pull: silence })
    const signal = AbortSignal.abort('enough')
    await expect(world.upload(silent, { spoolDir, signal })).rejects.toBe('enough')
    expect(spoolFiles(world)).toEqual([])
    expect(world.oss.stats().operations).toEqual({})
  })

  it('and has no end, where one is expected: the disk is not filled first', async () => {
    const world = await makeWorld()
    let pieces = 0
    async function* endless() {
      for (;;) {
        pieces += 1
        // A test that would never end is no test.
        if (pieces > 100) throw new Error('too many')
        yield new Uint8Array(1024 ** 2)
      }
    }
    const upload = world.upload(endless(), { spoolDir: spoolOf(world), expectedSize: 3_000_000 })
    await expect(upload).rejects.toMatchObject({ code: 'SOURCE_SIZE' })
    await expect(upload).rejects.toThrow('has more than 3000000 bytes')
    expect(pieces).toBeLessThan(10)
    expect(spoolFiles(world)).toEqual([])
  })

  it('and offered twice at once: the second reads nothing, and replaces nothing', async () => {
    const world = await makeWorld()
    const spoolDir = spoolOf(world)
    let isRead = false
    async function* second() {
      isRead = true
      yield bytes
    }
    async function* first() {
      yield bytes.subarray(0, partSize)
      const checkpointDir = join(world.folder, 'another')
      const other = world.upload(second(), { spoolDir, checkpointDir })
      await expect(other).rejects.toMatchObject({ code: 'UPLOAD_BUSY', resumable: true })
      yield bytes.subarray(partSize)
    }
    await world.upload(first(), { spoolDir })
    expect(isRead).toBe(false)
    await world.expectStored(bytes)
    expect(spoolFiles(world)).toEqual([])
  })

  it('or waits for the first, with the option to wait', async () => {
    const world = await makeWorld()
    const spoolDir = spoolOf(world)
    let other: Promise<unknown> | undefined
    async function* first() {
      yield bytes.subarray(0, partSize)
      await new Promise<void>(resolve => {
        const onEvent = ({ type }: { type: string }) => type === 'waiting' && resolve()
        other = world.upload(pieces(bytes), { spoolDir, wait: true, onEvent })
      })
      yield bytes.subarray(partSize)
    }
    await world.upload(first(), { spoolDir })
    await other
    await world.expectStored(bytes)
    expect(spoolFiles(world)).toEqual([])
  })

  it('leftovers of a killed process are removed, also those of another key', async () => {
    const world = await makeWorld()
    const spoolDir = spoolOf(world)
    const { name: mine } = await temporaryName('ossup-spool')
    const dead = mine
      .replace(/-\d+-(\d+)-/, '-4194303-$1-')
      .replace(/\w+-\w+$/, `${'f'.repeat(16)}-${'0'.repeat(16)}`)
    mkdirSync(spoolDir)
    for (const name of [mine, dead]) writeFileSync(join(spoolDir, name), '')
    await world.upload(pieces(bytes), { spoolDir })
    expect(spoolFiles(world)).toEqual([mine])
  })

  it('and given up: its file goes with the checkpoint', async () => {
    const world = await makeWorld()
    const { checkpointDir } = world
    await world.uploadUntil(5, pieces(bytes), { spoolDir: spoolOf(world) })
    const [file] = await listSpoolFiles(spoolOf(world))
    expect(file).toMatchObject({ size: fileSize, isWhole: true, owner: undefined })
    const { checkpoints } = await listCheckpoints({ checkpointDir })
    expect(checkpoints[0]?.source).toBe(file?.path)
    await discardCheckpoint(world.bucket(), checkpoints[0]?.id ?? '', { checkpointDir })
    expect(spoolFiles(world)).toEqual([])
  })

  it('and in use: its file is shown with its owner, and not removed', async () => {
    const world = await makeWorld()
    const spoolDir = spoolOf(world)
    let seen: Awaited<ReturnType<typeof listSpoolFiles>> = []
    const onEvent = async ({ type }: { type: string }) => {
      if (type !== 'started') return
      const path = join(spoolDir, spoolFiles(world).find(name => name.endsWith('-spool')) ?? '')
      removal = removeSpoolFile(path)
      removal.catch(() => {})
      seen = await listSpoolFiles(spoolDir)
    }
    let removal: Promise<boolean> | undefined
    await world.upload(pieces(bytes), { spoolDir, onEvent })
    await expect(removal).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
    expect(seen).toMatchObject([{ isWhole: true, owner: { pid: process.pid, isCertain: true } }])
    await world.expectStored(bytes)
  })

  it('where there is no folder for it', async () => {
    const world = await makeWorld()
    const upload = world.upload(pieces(bytes), { spoolDir: world.file(bytes) })
    await expect(upload).rejects.toMatchObject({ code: 'SPOOL_FAILED' })
  })
})

it('a stream of known length', async () => {
  const world = await makeWorld()
  const source = streamSource(iterablePieces(pieces(bytes)), { size: fileSize, name: 'known.bin' })
  expect(source.size).toBe(fileSize)
  await world.upload(pieces(bytes), { expectedSize: fileSize, concurrency: 4 })
  await world.expectStored(bytes)
})
