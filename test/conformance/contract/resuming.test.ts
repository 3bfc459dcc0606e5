// Rules 1, 5, 6, 7, 17 and 18: which parts are kept, who owns an upload, and which uploads are discarded.

import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { journalName } from '../../../src/journal/name.ts'
import type { UploadResult } from '../../../src/options/upload-options.ts'
import type { UploadEvent } from '../../../src/progress/upload-event.ts'
import {
  discardUpload,
  fileJournalStore,
  type UploadOptions,
} from '../../../src/runtimes/node/index.ts'
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

describe('a checkpoint', () => {
  it('lets the next run send only the missing parts', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file)
    const result = await world.upload(file)
    expect(result.resumed).toEqual({ bytes: 5 * partSize, parts: 5 })
    expect(world.partBodies).toBe(partCount)
    expect(world.oss.stats().partsSentTwice).toBe(0)
    await world.expectStored(bytes)
  })

  it('keeps gaps and the short last part', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const held = new Set([2, 3, 7])
    const stop = new AbortController()
    let confirmed = 0
    world.network = ({ operation, partNumber }, pass) =>
      operation === 'UploadPart' && held.has(partNumber) ? silence() : pass()
    const upload = world.upload(file, {
      concurrency: 4,
      signal: stop.signal,
      onEvent(event) {
        if (event.type === 'part' && ++confirmed === partCount - held.size) stop.abort('enough')
      },
    })
    await expect(upload).rejects.toBe('enough')
    world.network = (_, pass) => pass()
    world.forgetRequests()
    await world.upload(file)
    expect(world.partBodies).toBe(3)
    await world.expectStored(bytes)
  })

  it.skipIf(process.platform === 'win32').each(['goes on', 'is stopped'])(
    'whose folder is deleted while the upload runs, which %s',
    async then => {
      const world = await makeWorld()
      const file = world.file(bytes)
      const stop = new AbortController()
      let confirmed = 0
      const upload = world.upload(file, {
        signal: stop.signal,
        onEvent(event) {
          if (event.type !== 'part') return
          confirmed++
          if (confirmed === 5) rmSync(world.checkpointDir, { recursive: true })
          if (confirmed === 9 && then === 'is stopped') stop.abort('enough')
        },
      })
      if (then === 'is stopped') {
        await expect(upload).rejects.toBe('enough')
        expect(await world.upload(file)).toMatchObject({ resumed: { parts: 9 } })
      } else await upload
      expect(world.partBodies).toBe(partCount)
      await world.expectStored(bytes)
    },
  )

  it('that misses parts which OSS has: they are kept if the bytes are equal', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const stop = new AbortController()
    let early = ''
    let confirmed = 0
    const upload = world.upload(file, {
      signal: stop.signal,
      onEvent(event) {
        if (event.type !== 'part') return
        confirmed++
        if (confirmed === 3) early = world.copyCheckpoints()
        if (confirmed === 9) stop.abort('power cut')
      },
    })
    await expect(upload).rejects.toBe('power cut')
    world.forgetRequests()
    await world.upload(file, { checkpointDir: early })
    expect(world.partBodies).toBe(partCount - 9)
    expect((await world.object())?.equals(bytes)).toBe(true)
    expect(world.leftovers(early)).toEqual([])
  })

  it.each([
    ['cut in its last record', (journal: Buffer) => journal.subarray(0, -20)],
    ['cut to a third', (journal: Buffer) => journal.subarray(0, journal.length / 3)],
    ['cut to its first record', (journal: Buffer) => keepLines(journal, 1)],
    ['cut before the upload id', (journal: Buffer) => keepLines(journal, 3)],
    ['cut after the upload id', (journal: Buffer) => keepLines(journal, 5)],
    ['with its beginning damaged', (journal: Buffer) => flipIn(journal, '"t":"begin"')],
    ['with the identity damaged', (journal: Buffer) => flipIn(journal, '"t":"source"')],
    ['with the intent damaged', (journal: Buffer) => flipIn(journal, '"t":"intent"')],
    ['with the upload id damaged', (journal: Buffer) => flipIn(journal, '"t":"upload"')],
    ['with a part damaged', (journal: Buffer) => flipIn(journal, '"t":"part"')],
    ['with nothing sound in it', (journal: Buffer) => Buffer.alloc(journal.length, 'x')],
    ['with a byte flipped in the middle', flipInTheMiddle],
    ['with noise behind its end', (journal: Buffer) => Buffer.concat([journal, noise(300)])],
    ['with a hole of zeros', holeOfZeros],
    ['with a hole between its intents', holeBetweenIntents],
  ])('that was torn: %s', async (_, tear) => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(9, file)
    const [name = ''] = world.leftovers()
    const path = join(world.checkpointDir, name)
    writeFileSync(path, tear(readFileSync(path)))
    world.forgetRequests()
    await world.upload(file)
    // ListParts knows what the journal lost.
    expect(world.partBodies).toBe(partCount - 9)
    await world.expectStored(bytes)
  })

  it('under other part sizes is continued as it was begun', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file)
    world.forgetRequests()
    await world.upload(file, { partSize: 5 * partSize })
    expect(world.partBodies).toBe(partCount - 5)
    await world.expectStored(bytes)
  })

  it('holds no secret, and is for its owner alone', async () => {
    const world = await makeWorld()
    const token = { accessKeyId: 'STS.x', accessKeySecret: 'hush-hush', securityToken: 'whisper' }
    world.oss.keys.add(token)
    const stop = new AbortController()
    const upload = world.upload(
      world.file(bytes),
      { signal: stop.signal, onEvent: ({ type }) => type === 'part' && stop.abort('now') },
      { bucket: world.bucket(token) },
    )
    await expect(upload).rejects.toBe('now')
    const [name = ''] = world.leftovers()
    const text = readFileSync(join(world.checkpointDir, name), 'utf8')
    for (const secret of ['STS.x', 'hush-hush', 'whisper']) expect(text).not.toContain(secret)
  })
})

describe('a damaged journal is not believed', () => {
  it('where a part was taken back: its bytes are looked at again', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(9, file)
    const now = Buffer.from(bytes)
    now.set(noise(10, 7), 2 * partSize)
    world.file(now)
    // This run takes part 3 back and stops before it has sent it again.
    world.network = ({ operation }, pass) => (operation === 'UploadPart' ? silence() : pass())
    const stop = new AbortController()
    const onEvent = ({ type }: { type: string }) => type === 'resumed' && stop.abort('stop')
    await expect(world.upload(file, { signal: stop.signal, onEvent })).rejects.toBe('stop')
    world.network = (_, pass) => pass()
    const [name = ''] = world.leftovers()
    const path = join(world.checkpointDir, name)
    writeFileSync(path, flipIn(readFileSync(path), '"t":"drop"'))
    world.forgetRequests()
    await world.upload(file)
    expect(world.partBodies).toBe(partCount - 8)
    await world.expectStored(now)
  })

  it('that lost its start and its upload id before anything was sent: nothing is left', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const stop = new AbortController()
    world.network = ({ operation }, pass) => {
      if (operation !== 'UploadPart') return pass()
      stop.abort('killed')
      return silence()
    }
    await expect(world.upload(file, { signal: stop.signal })).rejects.toBe('killed')
    world.network = (_, pass) => pass()
    const [name = ''] = world.leftovers()
    const path = join(world.checkpointDir, name)
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n${lines[2]?.slice(0, 40)}`)
    await world.upload(file)
    await world.expectStored(bytes)
  })

  describe('that lost the headers and the id of an upload with other metadata', () => {
    async function loseBeginning() {
      const world = await makeWorld()
      const file = world.file(bytes)
      await world.uploadUntil(5, file, { metadata: { call: 'first' } })
      const [name = ''] = world.leftovers()
      const path = join(world.checkpointDir, name)
      const lines = readFileSync(path, 'utf8').split('\n')
      const damaged = lines.map(line => (/"t":"(intent|upload)"/.test(line) ? 'damaged' : line))
      writeFileSync(path, damaged.join('\n'))
      return { world, file }
    }

    it('the object has the metadata of the call that stored it', async () => {
      const { world, file } = await loseBeginning()
      await world.upload(file, { metadata: { call: 'second' } })
      expect((await world.other.headObject({ key })).metadata).toMatchObject({ call: 'second' })
      await world.expectStored(bytes)
      expect(await world.unfinished()).toEqual([])
    })

    it('where the bucket refuses to replace the object, the error says what it has', async () => {
      const { world, file } = await loseBeginning()
      world.oss.faults.set([
        {
          kind: 'error',
          operations: ['InitiateMultipartUpload'],
          status: 409,
          code: 'FileAlreadyExists',
        },
      ])
      const upload = world.upload(file, { metadata: { call: 'second' } })
      await expect(upload).rejects.toMatchObject({ code: 'HEADERS_DIFFER', key })
      await world.expectStored(bytes)
    })
  })

  it('where nothing is sound in it and the source goes as one request: it is removed', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(1, file)
    const [name = ''] = world.leftovers()
    const { checkpointDir } = world
    await discardUpload(world.bucket(), key, file, { checkpointDir })
    writeFileSync(join(checkpointDir, name), 'damaged\n')
    await world.upload(file, { multipartThreshold: 2 * fileSize })
    expect(world.leftovers()).toEqual([])
  })
})

describe('headers of the object that changed between two runs', () => {
  it.each([
    ['metadata', { metadata: { colour: 'red' } }, { metadata: { colour: 'blue' } }],
    ['content type', { contentType: 'text/plain' }, { contentType: 'text/html' }],
    ['tags', { tags: { a: '1' } }, { tags: { a: '2' } }],
    ['storage class', {}, { storageClass: 'IA' as const }],
    ['cache-control', {}, { headers: { 'cache-control': 'no-cache' } }],
  ])('%s: the old upload is aborted and a new one begun', async (_, before, after) => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file, before)
    world.forgetRequests()
    const result = await world.upload(file, after)
    expect(result.resumed.parts).toBe(0)
    expect(world.partBodies).toBe(partCount)
    expect(world.count('AbortMultipartUpload')).toBeGreaterThan(0)
    await world.expectStored(bytes)
  })

  it('an ACL or a callback goes with Complete: nothing is sent again', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file)
    await world.upload(file, { acl: 'public-read' })
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })
})

describe('two callers in one process', () => {
  it('are one upload with two waiters', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const seen = { first: 0, second: 0 }
    const [one, two] = await Promise.all([
      world.upload(file, { onProgress: () => seen.first++ }),
      world.upload(file, { onProgress: () => seen.second++ }),
    ])
    expect(two).toEqual(one)
    expect(world.partBodies).toBe(partCount)
    expect(world.count('InitiateMultipartUpload')).toBe(1)
    expect(seen.first).toBeGreaterThan(0)
    expect(seen.second).toBeGreaterThan(0)
    await world.expectStored(bytes)
  })

  it('each with its own signal: one leaves, the other gets the object', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const leave = new AbortController()
    const reason = new Error('no longer interested')
    let confirmed = 0
    const first = world.upload(file, {
      signal: leave.signal,
      onEvent: ({ type }) => type === 'part' && ++confirmed === 3 && leave.abort(reason),
    })
    const second = world.upload(file)
    await expect(first).rejects.toBe(reason)
    await second
    expect(confirmed).toBe(3)
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })

  it('when both leave it stops, and the next call continues', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const stops = [new AbortController(), new AbortController()]
    let confirmed = 0
    const waiters = stops.map(({ signal }) =>
      world.upload(file, {
        signal,
        onEvent({ type }) {
          if (type === 'part' && ++confirmed === 6) for (const stop of stops) stop.abort('stop')
        },
      }),
    )
    const settled = await Promise.allSettled(waiters)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await world.upload(file)
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })
})

describe('another owner of the checkpoint', () => {
  /** Holds the lock of the upload's journal, as another process would. */
  async function occupy(world: World, file: string) {
    await world.uploadUntil(5, file)
    const store = fileJournalStore(world.checkpointDir)
    const [name = ''] = await store.list()
    world.forgetRequests()
    return store.open(name)
  }

  it('is named, and not disturbed', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const journal = await occupy(world, file)
    const upload = world.upload(file)
    await expect(upload).rejects.toMatchObject({
      name: 'UploadBusyError',
      code: 'UPLOAD_BUSY',
      owner: { pid: process.pid },
    })
    expect(world.partBodies).toBe(0)
    await journal.close()
    await world.upload(file)
    expect(world.partBodies).toBe(partCount - 5)
    await world.expectStored(bytes)
  })

  it('is waited for if asked to', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const journal = await occupy(world, file)
    const [result] = await Promise.all([world.upload(file, { wait: true }), journal.close()])
    expect(result.size).toBe(fileSize)
    expect(world.partBodies).toBe(partCount - 5)
    await world.expectStored(bytes)
  })

  it('is not waited for when the caller gives up', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const journal = await occupy(world, file)
    const upload = world.upload(file, { wait: true, signal: AbortSignal.abort('no') })
    await expect(upload).rejects.toBe('no')
    await journal.close()
  })

  it('that cannot be noticed costs traffic, not a wrong object', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(3, file)
    // A second machine with the same file and a copy of the checkpoint: one upload id, two Completes.
    const same = world.file(bytes, 'the-same-elsewhere.bin')
    const { place } = world.bucket()
    const [name = ''] = world.leftovers()
    cpSync(
      join(world.checkpointDir, name),
      join(world.checkpointDir, `${journalName(place, key, same)}.journal`),
    )
    let waiting: (() => void)[] = []
    world.network = async ({ operation }, pass) => {
      if (operation === 'CompleteMultipartUpload') {
        await new Promise<void>(resolve => {
          waiting.push(resolve)
          if (waiting.length < 2) return
          for (const go of waiting) go()
          waiting = []
        })
      }
      return pass()
    }
    const results = await Promise.all([world.upload(file), world.upload(same)])
    for (const result of results)
      expect(result).toMatchObject({ size: fileSize, verified: 'crc64' })
    await world.expectStored(bytes)
  })
})

describe('without a checkpoint', () => {
  const checkpoint = false as const

  it('an upload succeeds', async () => {
    const world = await makeWorld()
    await world.upload(world.file(bytes), { checkpoint })
    await world.expectStored(bytes)
  })

  it.each([
    ['is refused', { kind: 'error', status: 403, code: 'AccessDenied' } as const],
    ['keeps failing', { kind: 'error', status: 500 } as const],
  ])('an upload that %s leaves nothing behind', async (_, fault) => {
    const world = await makeWorld()
    world.oss.faults.set([{ ...fault, operations: ['UploadPart'], skip: 4 }])
    await expect(world.upload(world.file(bytes), { checkpoint })).rejects.toMatchObject({
      resumable: false,
    })
    expect(await world.unfinished()).toEqual([])
    expect(world.leftovers()).toEqual([])
  })

  it('an upload that is stopped leaves nothing behind', async () => {
    const world = await makeWorld()
    await world.uploadUntil(4, world.file(bytes), { checkpoint })
    expect(await world.unfinished()).toEqual([])
  })
})

describe('discardUpload', () => {
  it('aborts the upload and removes its checkpoint', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file)
    const { checkpointDir } = world
    expect(await discardUpload(world.bucket(), key, file, { checkpointDir })).toBe(true)
    expect(await world.unfinished()).toEqual([])
    expect(world.leftovers()).toEqual([])
    expect(await discardUpload(world.bucket(), key, file, { checkpointDir })).toBe(false)
  })

  it('works when the file is gone', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file)
    rmSync(file)
    const { checkpointDir } = world
    expect(await discardUpload(world.bucket(), key, file, { checkpointDir })).toBe(true)
    expect(await world.unfinished()).toEqual([])
  })

  it('also aborts what a lost answer to Initiate may have left', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['InitiateMultipartUpload'], times: 1 },
    ])
    await world.uploadUntil(2, file)
    expect(await world.unfinished()).toHaveLength(2)
    const { checkpointDir } = world
    await discardUpload(world.bucket(), key, file, { checkpointDir })
    expect(await world.unfinished()).toEqual([])
    expect(world.leftovers()).toEqual([])
  })
})

describe('an upload id whose answer was lost', () => {
  it('is found and aborted by the same run', async () => {
    const world = await makeWorld()
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['InitiateMultipartUpload'], times: 2 },
    ])
    await world.upload(world.file(bytes))
    expect(world.count('InitiateMultipartUpload')).toBe(3)
    await world.expectStored(bytes)
  })

  it('and a crash with it: by the next run', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const stop = new AbortController()
    world.network = async ({ operation }, pass) => {
      const answer = await pass()
      if (operation !== 'InitiateMultipartUpload') return answer
      stop.abort('killed')
      return silence()
    }
    await expect(world.upload(file, { signal: stop.signal })).rejects.toBe('killed')
    world.network = (_, pass) => pass()
    expect(await world.unfinished()).toHaveLength(1)
    await world.upload(file)
    await world.expectStored(bytes)
  })

  it("is not mistaken for another's: one that holds parts is left alone", async () => {
    const world = await makeWorld()
    const { uploadId } = await world.other.initiateMultipartUpload({ key })
    await world.other.uploadPart({ key, uploadId, partNumber: 1, body: noise(partSize, 5) })
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['InitiateMultipartUpload'], times: 1 },
    ])
    await world.upload(world.file(bytes))
    expect(await world.unfinished()).toEqual([uploadId])
    expect((await world.object())?.equals(bytes)).toBe(true)
  })
})

describe('adopt', () => {
  const quarter = 16 * 60_000

  async function loseCheckpoint(world: World, file: string, parts: number) {
    await world.uploadUntil(parts, file)
    rmSync(world.checkpointDir, { recursive: true })
    world.forgetRequests()
  }

  /** Time passes for everybody. */
  function pass(world: World, ms: number) {
    world.clock.shift(ms)
    world.skewServer(ms)
  }

  it('continues an upload whose checkpoint is gone', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await loseCheckpoint(world, file, 9)
    pass(world, quarter)
    const result = await world.upload(file, { adopt: true })
    expect(result.resumed.parts).toBe(9)
    expect(world.partBodies).toBe(partCount - 9)
    await world.expectStored(bytes)
  })

  it('says that it has no effect on a file below the threshold', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.upload(file, { adopt: true, multipartThreshold: bytes.length + 1 })
    expect(world.warnings()).toEqual(['ADOPT_UNUSED'])
    await world.upload(file, { adopt: true })
    expect(world.warnings()).toEqual(['ADOPT_UNUSED'])
  })

  it('keeps only parts that equal the file', async () => {
    const world = await makeWorld()
    await loseCheckpoint(world, world.file(bytes), 9)
    pass(world, quarter)
    const now = Buffer.from(bytes)
    now.set(noise(10, 7), 4 * partSize)
    await world.upload(world.file(now), { adopt: true })
    expect(world.partBodies).toBe(partCount - 8)
    await world.expectStored(now)
  })

  it('is refused while a part is younger than 15 minutes, unless forced', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await loseCheckpoint(world, file, 9)
    await expect(world.upload(file, { adopt: true })).rejects.toMatchObject({
      code: 'ADOPT_TOO_YOUNG',
    })
    expect(world.partBodies).toBe(0)
    expect(world.leftovers()).toEqual([])
    expect(await world.unfinished()).toHaveLength(1)
    await world.upload(file, { adopt: 'force' })
    expect(world.partBodies).toBe(partCount - 9)
    await world.expectStored(bytes)
  })

  it.each(['CompleteMultipartUpload', 'UploadPart'])(
    'without overwriting, knows its object by the bytes after a lost answer to %s',
    async operation => {
      const world = await makeWorld()
      const file = world.file(bytes)
      await loseCheckpoint(world, file, 9)
      world.oss.faults.set([{ kind: 'lose-answer', operations: [operation], times: 1 }])
      const result = await world.upload(file, { adopt: 'force', forbidOverwrite: true })
      expect(result.resumed.parts).toBe(9)
      await world.expectStored(bytes)
    },
  )

  it('without overwriting, is resumed once more after a kill', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await loseCheckpoint(world, file, 9)
    await world.uploadUntil(3, file, { adopt: 'force', forbidOverwrite: true })
    world.forgetRequests()
    const result = await world.upload(file, { forbidOverwrite: true })
    expect(result.resumed.parts).toBeGreaterThanOrEqual(12)
    await world.expectStored(bytes)
  })

  it("leaves another file's upload alone", async () => {
    const world = await makeWorld()
    await loseCheckpoint(world, world.file(bytes), 9)
    pass(world, quarter)
    const other = noise(fileSize, 8)
    const result = await world.upload(world.file(other), { adopt: true })
    expect(result.resumed.parts).toBe(0)
    expect(await world.unfinished()).toHaveLength(1)
    expect((await world.object())?.equals(other)).toBe(true)
  })

  it('without ListParts it says so and begins anew', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await loseCheckpoint(world, file, 9)
    pass(world, quarter)
    const bucket = world.bucket(world.keyWithout('oss:ListParts'))
    await world.upload(file, { adopt: true }, { bucket })
    expect(world.warnings()).toContain('ADOPT_REFUSED')
    expect((await world.object())?.equals(bytes)).toBe(true)
  })
})

describe('an upload that oss2 began', () => {
  const fixture = join(import.meta.dirname, '../../fixtures/oss2-upload')
  const facts = JSON.parse(readFileSync(join(fixture, 'facts.json'), 'utf8')) as {
    record: string
    key: string
    size: number
    partSize: number
    parts: number
    mtime: number
    firstPart: PartFacts
    lastPart: PartFacts
  }
  const content = xorshift(facts.size)

  /** The record as oss2 wrote it, under the name and the upload id that it would have here. */
  async function leaveRecord(world: World, parts = facts.parts) {
    const path = world.file(content)
    utimesSync(path, facts.mtime, facts.mtime)
    const { uploadId } = await world.other.initiateMultipartUpload({ key: facts.key })
    for (let partNumber = 1; partNumber <= parts; partNumber++) {
      const body = content.subarray((partNumber - 1) * facts.partSize, partNumber * facts.partSize)
      await world.other.uploadPart({ key: facts.key, uploadId, partNumber, body })
    }
    const record = JSON.parse(readFileSync(join(fixture, facts.record), 'utf8'))
    const name = `${md5(`oss://${record.bucket}/${record.key}`)}--${md5(path)}`
    const folder = join(world.checkpointDir, '.py-oss-upload')
    mkdirSync(folder, { recursive: true })
    const written = join(folder, name)
    writeFileSync(written, JSON.stringify({ ...record, upload_id: uploadId, file_path: path }))
    world.forgetRequests()
    return { path, written, uploadId }
  }

  it('has the content that oss2 sent', async () => {
    const world = await makeWorld()
    const { uploadId } = await leaveRecord(world)
    const { parts } = await world.other.listParts({ key: facts.key, uploadId })
    const [first, last] = [parts.at(0), parts.at(-1)]
    for (const [part, fact] of [
      [first, facts.firstPart],
      [last, facts.lastPart],
    ] as const) {
      expect(part?.etag).toBe(fact.etag)
      expect(part?.crc64).toBe(fact.crc64)
    }
  })

  it('is continued, and its record removed', async () => {
    const world = await makeWorld()
    const { path, written, uploadId } = await leaveRecord(world)
    const result = await world.upload(path, {}, { to: facts.key })
    expect(result).toMatchObject({ uploadId, resumed: { parts: facts.parts } })
    expect(world.partBodies).toBe(Math.ceil(facts.size / facts.partSize) - facts.parts)
    expect((await world.object(facts.key))?.equals(content)).toBe(true)
    expect(existsSync(written)).toBe(false)
    expect(await world.unfinished()).toEqual([])
  })

  it('whose file changed: only equal parts are kept', async () => {
    const world = await makeWorld()
    const { path, written } = await leaveRecord(world)
    const now = Buffer.from(content)
    now.set(noise(10), 0)
    writeFileSync(path, now)
    await world.upload(path, {}, { to: facts.key })
    expect(world.partBodies).toBe(Math.ceil(facts.size / facts.partSize) - facts.parts + 1)
    expect((await world.object(facts.key))?.equals(now)).toBe(true)
    expect(existsSync(written)).toBe(false)
  })

  it('of which nothing can be kept is aborted', async () => {
    const world = await makeWorld()
    const { path, written } = await leaveRecord(world)
    const now = noise(facts.size, 9)
    writeFileSync(path, now)
    await world.upload(path, {}, { to: facts.key })
    expect((await world.object(facts.key))?.equals(now)).toBe(true)
    expect(await world.unfinished()).toEqual([])
    expect(existsSync(written)).toBe(false)
  })

  it('and that OSS does not know any more is forgotten', async () => {
    const world = await makeWorld()
    const { path, written, uploadId } = await leaveRecord(world)
    await world.other.abortMultipartUpload({ key: facts.key, uploadId })
    await world.upload(path, {}, { to: facts.key })
    expect((await world.object(facts.key))?.equals(content)).toBe(true)
    expect(existsSync(written)).toBe(false)
    expect(await world.unfinished()).toEqual([])
  })
})

interface PartFacts {
  etag: string
  crc64: string
}

/** The content that the fixture's README describes. */
function xorshift(size: number): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4))
  let state = 1
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state >>> 0
  }
  return Buffer.from(words.buffer).subarray(0, size)
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

/** Takes the end of the first intent and what follows it. */
function holeBetweenIntents(journal: Buffer): Buffer {
  const end = journal.indexOf('\n', journal.indexOf('"t":"intent"'))
  return journal.fill(0, end - 30, end + 34)
}

function holeOfZeros(journal: Buffer): Buffer {
  return Buffer.from(journal).fill(0, journal.length - 200, journal.length - 50)
}

function keepLines(journal: Buffer, count: number): Buffer {
  return Buffer.from(`${journal.toString().split('\n').slice(0, count).join('\n')}\n`)
}

/** Damages the first record that holds the text. */
function flipIn(journal: Buffer, text: string): Buffer {
  const copy = Buffer.from(journal)
  const at = copy.indexOf(text)
  expect(at).toBeGreaterThan(0)
  copy[at + 3] = (copy[at + 3] ?? 0) ^ 1
  return copy
}

function flipInTheMiddle(journal: Buffer): Buffer {
  const copy = Buffer.from(journal)
  const lines = copy.toString().split('\n')
  // A record of a part: what comes before it is another test's affair.
  const before = lines.slice(0, -4).join('\n').length
  copy[before + 30] = (copy[before + 30] ?? 0) ^ 4
  return copy
}

describe('an owner that was waited for', () => {
  /** One journal for two calls that this process does not know to be one upload. */
  function sharedStore(world: World) {
    const store = fileJournalStore(world.checkpointDir)
    return { ...store, open: () => store.open('one'), read: () => store.read('one') }
  }

  async function both(world: World, first: UploadOptions, second: UploadOptions) {
    const checkpoint = sharedStore(world)
    let isAwaited = () => {}
    const awaited = new Promise<void>(resolve => {
      isAwaited = resolve
    })
    let waiting: Promise<UploadResult> | undefined
    world.network = async ({ operation, partNumber }, pass) => {
      if (operation === 'UploadPart' && partNumber === 3 && waiting === undefined) {
        const onEvent = ({ type }: UploadEvent) => type === 'waiting' && isAwaited()
        waiting = world.upload(bytes, { ...second, checkpoint, wait: true, onEvent })
        await awaited
      }
      return pass()
    }
    await world.upload(world.file(bytes), { ...first, checkpoint })
    return await waiting
  }

  it.each([{}, { forbidOverwrite: true }, { acl: 'private' as const, metadata: { a: 'b' } }])(
    'has stored the same object: nothing is sent again, with %o',
    async options => {
      const world = await makeWorld()
      expect(await both(world, options, options)).toMatchObject({
        foundStored: true,
        size: fileSize,
        parts: partCount,
        sentBytes: 0,
        verified: 'crc64',
      })
      expect(world.partBodies).toBe(partCount)
      await world.expectStored(bytes)
    },
  )

  it('has stored it with other metadata: it is sent again', async () => {
    const world = await makeWorld()
    const result = await both(world, { metadata: { a: 'b' } }, { metadata: { a: 'c' } })
    expect(result).not.toHaveProperty('foundStored')
    expect(world.partBodies).toBe(2 * partCount)
    await world.expectStored(bytes)
  })
})

it('with adopt, an upload that was given up for its headers is not taken back', async () => {
  const world = await makeWorld()
  const file = world.file(bytes)
  await world.uploadUntil(3, file, { metadata: { version: 'first' } })
  await world.upload(file, { metadata: { version: 'second' }, adopt: 'force' })
  const { metadata } = await world.other.headObject({ key })
  expect(metadata).toMatchObject({ version: 'second' })
  await world.expectStored(bytes)
})
