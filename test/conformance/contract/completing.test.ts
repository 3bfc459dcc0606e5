// Rules 4 and 8: what became of the object is never guessed. Lost answers, dead upload ids, other
// writers of the key, objects that must not be replaced, callbacks that fail.

import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NetworkError } from '../../../src/errors.ts'
import { crashAtComplete } from './crash-at-complete.ts'
import { fileSize, key, makeWorld, noise, partCount, partSize, type World } from './world.ts'

const bytes = noise(fileSize)

describe('the answer to Complete is lost', () => {
  it('in this run: the object is found', async () => {
    const world = await makeWorld()
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['CompleteMultipartUpload'], times: 1 },
    ])
    const result = await world.upload(world.file(bytes))
    expect(result).toMatchObject({ size: fileSize, parts: partCount, verified: 'crc64' })
    expect(world.partBodies).toBe(partCount)
    expect(world.count('CompleteMultipartUpload')).toBe(1)
    await world.expectStored(bytes)
  })

  it('with the request: it is sent again, having looked', async () => {
    const world = await makeWorld()
    world.oss.faults.set([
      { kind: 'lose-request', operations: ['CompleteMultipartUpload'], times: 1 },
    ])
    await world.upload(world.file(bytes))
    expect(world.partBodies).toBe(partCount)
    expect(world.count('CompleteMultipartUpload')).toBe(2)
    expect(world.count('HeadObject')).toBe(1)
    await world.expectStored(bytes)
  })

  it('while OSS answers 500 although it worked', async () => {
    const world = await makeWorld()
    let isFirst = true
    world.network = async ({ operation }, pass) => {
      const answer = await pass()
      if (operation !== 'CompleteMultipartUpload' || !isFirst) return answer
      isFirst = false
      return { ...answer, status: 500 }
    }
    await world.upload(world.file(bytes))
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })

  it.each([
    ['was done', true, 0],
    ['never arrived', false, 1],
  ])('and this process crashed; the request %s', async (_, isDone, completes) => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const checkpointDir = await crashAtComplete(world, file, isDone)
    world.forgetRequests()
    const result = await world.upload(file, { checkpointDir })
    expect(result).toMatchObject({ size: fileSize, verified: 'crc64', sentBytes: 0 })
    expect(result.resumed).toEqual({ bytes: fileSize, parts: partCount })
    expect(world.partBodies).toBe(0)
    expect(world.count('CompleteMultipartUpload')).toBe(completes)
    expect(world.leftovers(checkpointDir)).toEqual([])
    expect((await world.object())?.equals(bytes)).toBe(true)
    expect(await world.unfinished()).toEqual([])
  })

  it('after the object was stored the file changed: it is sent as it is now', async () => {
    const world = await makeWorld()
    const checkpointDir = await crashAtComplete(world, world.file(bytes), true)
    const now = noise(fileSize, 2)
    world.forgetRequests()
    await world.upload(world.file(now), { checkpointDir })
    expect(world.partBodies).toBe(partCount)
    expect(world.leftovers(checkpointDir)).toEqual([])
    expect((await world.object())?.equals(now)).toBe(true)
    expect(await world.unfinished()).toEqual([])
  })

  it('after the object was stored the file was only touched: nothing is sent again', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const checkpointDir = await crashAtComplete(world, file, true)
    utimesSync(file, 1, 1)
    world.forgetRequests()
    const result = await world.upload(file, { checkpointDir })
    expect(result).toMatchObject({ size: fileSize, verified: 'crc64', sentBytes: 0 })
    expect(world.partBodies).toBe(0)
    expect(world.count('InitiateMultipartUpload')).toBe(0)
    expect(world.leftovers(checkpointDir)).toEqual([])
  })

  it('with its record, and then the file changed: our own object is replaced', async () => {
    const world = await makeWorld()
    const checkpointDir = await crashAtComplete(world, world.file(bytes), true)
    const [name = ''] = world.leftovers(checkpointDir)
    const path = join(checkpointDir, name)
    const lines = readFileSync(path, 'utf8').split('\n')
    const kept = lines.map(line => (line.includes('{"t":"completing"') ? 'x' : line))
    writeFileSync(path, kept.join('\n'))
    const now = noise(fileSize, 7)
    await world.upload(world.file(now), { checkpointDir })
    expect(world.leftovers(checkpointDir)).toEqual([])
    expect((await world.object())?.equals(now)).toBe(true)
  })

  it('after the object was stored one part of the file changed: it is sent as it is now', async () => {
    const world = await makeWorld()
    const checkpointDir = await crashAtComplete(world, world.file(bytes), true)
    const now = Buffer.from(bytes)
    now.set(noise(10, 7), 2 * partSize)
    await world.upload(world.file(now), { checkpointDir })
    expect(world.leftovers(checkpointDir)).toEqual([])
    expect((await world.object())?.equals(now)).toBe(true)
  })

  it.each([403, 404])(
    'and a proxy answers %i for the object: that says nothing of it',
    async status => {
      const world = await makeWorld()
      world.oss.faults.set([
        { kind: 'lose-answer', operations: ['CompleteMultipartUpload'], times: 1 },
      ])
      world.network = async ({ operation }, pass) => {
        const answer = await pass()
        return operation === 'HeadObject' ? { ...answer, status, headers: {} } : answer
      }
      const file = world.file(bytes)
      await expect(world.upload(file)).rejects.toMatchObject({
        code: 'BadErrorResponse',
        status,
        resumable: true,
      })
      world.network = (_, pass) => pass()
      world.forgetRequests()
      expect(await world.upload(file)).toMatchObject({ verified: 'crc64', sentBytes: 0 })
      expect(world.partBodies).toBe(0)
      await world.expectStored(bytes)
    },
  )

  it('and reading the object is refused: the result is unknown, and nothing is sent again', async () => {
    const world = await makeWorld()
    const bucket = world.bucket(world.keyWithout('oss:GetObject'))
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['CompleteMultipartUpload'], times: 1 },
    ])
    const file = world.file(bytes)
    for (let run = 1; run <= 2; run++) {
      await expect(world.upload(file, {}, { bucket })).rejects.toMatchObject({
        name: 'StateError',
        code: 'COMPLETE_UNKNOWN',
        resumable: true,
      })
    }
    expect(world.partBodies).toBe(partCount)
    expect(world.count('CompleteMultipartUpload')).toBe(1)
    expect(world.leftovers()).toHaveLength(1)
    // With the permission the same call finds what happened.
    await world.upload(file)
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })
})

describe('the upload id is dead', () => {
  it('aborted between two runs: a new upload by itself', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file)
    await abortAll(world)
    world.forgetRequests()
    const result = await world.upload(file)
    expect(result.resumed).toEqual({ bytes: 0, parts: 0 })
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })

  it('aborted while parts are sent', async () => {
    const world = await makeWorld()
    let isFirst = true
    world.network = async ({ operation, partNumber }, pass) => {
      if (operation === 'UploadPart' && partNumber === 6 && isFirst) {
        isFirst = false
        await abortAll(world)
      }
      return pass()
    }
    await world.upload(world.file(bytes))
    expect(world.partBodies).toBe(6 + partCount)
    await world.expectStored(bytes)
  })

  it('aborted before Complete', async () => {
    const world = await makeWorld()
    let isFirst = true
    world.network = async ({ operation }, pass) => {
      if (operation === 'CompleteMultipartUpload' && isFirst) {
        isFirst = false
        await abortAll(world)
      }
      return pass()
    }
    await world.upload(world.file(bytes))
    expect(world.partBodies).toBe(2 * partCount)
    await world.expectStored(bytes)
  })

  it('aborted again and again: given up after two new uploads, with nothing left behind', async () => {
    const world = await makeWorld()
    world.network = async ({ operation, partNumber }, pass) => {
      if (operation === 'UploadPart' && partNumber === 3) await abortAll(world)
      return pass()
    }
    const upload = world.upload(world.file(bytes))
    await expect(upload).rejects.toMatchObject({ code: 'UPLOAD_ID_LOST' })
    expect(world.count('InitiateMultipartUpload')).toBe(3)
    expect(await world.unfinished()).toEqual([])
    world.network = (_, pass) => pass()
    await world.upload(world.file(bytes))
    await world.expectStored(bytes)
  })

  it('completed by another owner of the same upload: the object is found', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    let isFirst = true
    world.network = async ({ operation }, pass) => {
      if (operation === 'CompleteMultipartUpload' && isFirst) {
        isFirst = false
        await completeElsewhere(world)
      }
      return pass()
    }
    await world.upload(file)
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })

  it('completed elsewhere between two runs, with all that the file has', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(partCount, file)
    await completeElsewhere(world)
    world.forgetRequests()
    const result = await world.upload(file)
    expect(result.sentBytes).toBe(0)
    expect(world.partBodies).toBe(0)
    await world.expectStored(bytes)
  })

  it('completed elsewhere with fewer parts: that object stays until the upload is requested again', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file)
    world.skewServer(3000)
    await completeElsewhere(world)
    world.forgetRequests()
    await expect(world.upload(file)).rejects.toMatchObject({ code: 'OVERWRITTEN_ELSEWHERE' })
    expect(world.partBodies).toBe(0)
    expect(world.leftovers()).toEqual([])
    await world.upload(file)
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })
})

describe('another writer of the same key', () => {
  it('before this upload began is replaced', async () => {
    const world = await makeWorld()
    await world.other.putObject({ key, body: Buffer.from('older') })
    world.skewServer(2000)
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['CompleteMultipartUpload'], times: 1 },
    ])
    await world.upload(world.file(bytes))
    await world.expectStored(bytes)
  })

  it('while the answer to Complete was lost: its object stays, and the next call may replace it', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    let isFirst = true
    world.network = async ({ operation }, pass) => {
      const answer = pass()
      if (operation !== 'CompleteMultipartUpload' || !isFirst) return answer
      isFirst = false
      await answer
      world.skewServer(3000)
      await world.other.putObject({ key, body: Buffer.from('newer') })
      throw lostConnection()
    }
    await expect(world.upload(file)).rejects.toMatchObject({
      name: 'StateError',
      code: 'OVERWRITTEN_ELSEWHERE',
      resumable: false,
    })
    expect(world.partBodies).toBe(partCount)
    expect((await world.object())?.toString()).toBe('newer')
    expect(await world.unfinished()).toEqual([])
    expect(world.leftovers()).toEqual([])
    await world.upload(file)
    await world.expectStored(bytes)
  })

  it('while this process was down after its Complete', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const checkpointDir = await crashAtComplete(world, file, true)
    world.skewServer(3000)
    await world.other.putObject({ key, body: Buffer.from('newer') })
    world.forgetRequests()
    await expect(world.upload(file, { checkpointDir })).rejects.toMatchObject({
      code: 'OVERWRITTEN_ELSEWHERE',
    })
    expect(world.partBodies).toBe(0)
    expect((await world.object())?.toString()).toBe('newer')
    expect(world.leftovers(checkpointDir)).toEqual([])
  })
})

describe('forbidOverwrite', () => {
  const forbidOverwrite = true

  it.each([
    ['PutObject', noise(100_000), 'PutObject'],
    ['an upload in parts', bytes, 'CompleteMultipartUpload'],
  ])('%s whose answer was lost finds its own object', async (_, content, operation) => {
    const world = await makeWorld()
    world.oss.faults.set([{ kind: 'lose-answer', operations: [operation], times: 1 }])
    const result = await world.upload(world.file(content), { forbidOverwrite })
    expect(result.size).toBe(content.length)
    await world.expectStored(content)
  })

  it.each([
    ['PutObject', noise(100_000)],
    ['an upload in parts', bytes],
  ])('%s does not replace an object, nor take an equal one for its own', async (_, content) => {
    const world = await makeWorld()
    await world.other.putObject({ key, body: content })
    const before = (await world.other.headObject({ key })).lastModified
    world.skewServer(5000)
    await expect(world.upload(world.file(content), { forbidOverwrite })).rejects.toMatchObject({
      code: 'FileAlreadyExists',
      status: 409,
    })
    expect((await world.other.headObject({ key })).lastModified).toBe(before)
    await expectGivenBack(world)
  })

  it("another's equal object that came while our Complete was in doubt is not ours", async () => {
    const world = await makeWorld()
    let isFirst = true
    world.network = async ({ operation }, pass) => {
      if (operation !== 'CompleteMultipartUpload' || !isFirst) return pass()
      isFirst = false
      world.skewServer(3000)
      await world.other.putObject({ key, body: bytes })
      throw lostConnection()
    }
    await expect(world.upload(world.file(bytes), { forbidOverwrite })).rejects.toMatchObject({
      code: 'OVERWRITTEN_ELSEWHERE',
    })
    expect((await world.other.headObject({ key })).headers['x-oss-meta-ossup-id']).toBeUndefined()
    expect(await world.unfinished()).toEqual([])
    expect(world.leftovers()).toEqual([])
  })

  it("another's equal object is not that of an adopted upload, which has no mark", async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(9, file)
    for (const name of world.leftovers()) rmSync(join(world.checkpointDir, name))
    world.network = async ({ operation }, pass) => {
      if (operation === 'CompleteMultipartUpload') await world.other.putObject({ key, body: bytes })
      return pass()
    }
    const upload = world.upload(file, { adopt: 'force', forbidOverwrite })
    await expect(upload).rejects.toMatchObject({ code: 'FileAlreadyExists' })
  })

  it('after a crash with the answer to Complete lost', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const checkpointDir = await crashAtComplete(world, file, true, { forbidOverwrite })
    world.forgetRequests()
    await world.upload(file, { checkpointDir, forbidOverwrite })
    expect(world.partBodies).toBe(0)
    expect(world.leftovers(checkpointDir)).toEqual([])
    expect((await world.object())?.equals(bytes)).toBe(true)
  })
})

describe('a callback that fails', () => {
  const callback = { callbackUrl: 'http://127.0.0.1:9/nobody', callbackBody: 'done' }

  it.each([
    ['PutObject', noise(100_000)],
    ['an upload in parts', bytes],
  ])('%s is stored, and says so', async (_, content) => {
    const world = await makeWorld()
    const result = await world.upload(world.file(content), { callback })
    expect(result.callback).toMatchObject({ ok: false, status: 203 })
    expect(result).toMatchObject({ size: content.length, verified: 'crc64' })
    await world.expectStored(content)
  })
})

async function abortAll(world: World): Promise<void> {
  for (const uploadId of await world.unfinished()) {
    await world.other.abortMultipartUpload({ key, uploadId })
  }
}

async function completeElsewhere(world: World): Promise<void> {
  const [uploadId = ''] = await world.unfinished()
  const { parts } = await world.other.listParts({ key, uploadId })
  await world.other.completeMultipartUpload({ key, uploadId, parts })
}

/** A final refusal: the checkpoint and its upload both stay, or both are removed. */
async function expectGivenBack(world: World): Promise<void> {
  expect(world.leftovers()).toHaveLength((await world.unfinished()).length)
}

function lostConnection(): NetworkError {
  return new NetworkError('CONNECTION_LOST', 'The connection broke', { sent: 'maybe' })
}
