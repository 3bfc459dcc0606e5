// Rules 9, 10 and 16: tokens that end, clocks that are wrong, permissions that are missing.

import { describe, expect, it } from 'vitest'
import type { Credentials } from '../../../src/ports.ts'
import { fileSize, key, makeWorld, noise, partCount, partSize, type World } from './world.ts'

const bytes = noise(fileSize)

describe('tokens', () => {
  /** Gives a new token whenever asked; the server takes only the last `valid` of them. */
  function tokens(world: World, life?: number) {
    let issued = 0
    const provider = async (): Promise<Credentials> => {
      issued++
      const credentials = {
        accessKeyId: `STS.${issued}`,
        accessKeySecret: 'secret',
        securityToken: `token-${issued}`,
        ...(life === undefined ? {} : { expiresAt: world.clock.now() + life }),
      }
      world.oss.keys.add(credentials)
      return credentials
    }
    return { provider, count: () => issued, expire: () => expire(world, issued) }
  }

  function expire(world: World, number: number) {
    const key = world.oss.keys.get(`STS.${number}`)
    if (key !== undefined) world.oss.keys.add({ ...key, expiresAt: 1 })
  }

  it.each([1, 4])('that end every 20 requests are replaced, concurrency %i', async concurrency => {
    const world = await makeWorld()
    const long = noise(60 * partSize + 5)
    const { provider, count, expire } = tokens(world)
    let requests = 0
    world.network = (_, pass) => {
      if (++requests % 20 === 0) expire()
      return pass()
    }
    const result = await world.upload(
      world.file(long),
      { concurrency },
      { bucket: world.bucket(provider) },
    )
    expect(result.verified).toBe('crc64')
    // One new token each time, for all requests together, and each refused request is sent again once.
    expect(count()).toBe(1 + Math.floor(requests / 20))
    expect(world.partBodies).toBeLessThanOrEqual(61 + concurrency * count())
    await world.expectStored(long)
  })

  it('are renewed before they end', async () => {
    const world = await makeWorld()
    const { provider, count } = tokens(world, 120_000)
    world.network = (_, pass) => {
      world.clock.shift(10_000)
      world.skewServer(10_000)
      return pass()
    }
    await world.upload(world.file(bytes), {}, { bucket: world.bucket(provider) })
    expect(count()).toBeGreaterThan(1)
    expect(world.partBodies).toBe(partCount)
    for (const { errors } of Object.values(world.oss.stats().operations)) expect(errors).toBe(0)
    await world.expectStored(bytes)
  })

  it('that cannot be replaced: an error, and the checkpoint waits for better ones', async () => {
    const world = await makeWorld()
    const { provider, expire } = tokens(world)
    const file = world.file(bytes)
    const only = await provider()
    let requests = 0
    world.network = (_, pass) => {
      if (++requests === 6) expire()
      return pass()
    }
    await expect(world.upload(file, {}, { bucket: world.bucket(only) })).rejects.toMatchObject({
      code: 'SecurityTokenExpired',
      resumable: true,
    })
    const sent = world.partBodies
    await world.upload(file, {}, { bucket: world.bucket(provider) })
    expect(world.partBodies).toBeLessThanOrEqual(sent + partCount - 3)
    expect(world.oss.stats().partsSentTwice).toBe(0)
    await world.expectStored(bytes)
  })
})

describe('clocks', () => {
  it.each([
    ['a day ahead', 86_400_000],
    ['a day behind', -86_400_000],
    ['16 minutes ahead', 960_000],
  ])('this machine is %s', async (_, ms) => {
    const world = await makeWorld()
    world.clock.shift(ms)
    await world.upload(world.file(bytes))
    expect(world.count('InitiateMultipartUpload')).toBe(2)
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })

  it('it jumps in the middle, there and back', async () => {
    const world = await makeWorld()
    world.network = ({ operation, partNumber }, pass) => {
      if (operation === 'UploadPart' && partNumber === 4) world.clock.shift(7_200_000)
      if (operation === 'UploadPart' && partNumber === 8) world.clock.shift(-7_200_000)
      return pass()
    }
    await world.upload(world.file(bytes))
    await world.expectStored(bytes)
  })

  it.each([
    ['in the same run', 'forth', 86_400_000],
    ['in the same run', 'back', -86_400_000],
    ['before the next run', 'forth', 86_400_000],
    ['before the next run', 'back', -86_400_000],
  ])('jumps after the answer to Initiate was lost, %s, %s', async (when, _, ms) => {
    const world = await makeWorld()
    const file = world.file(bytes)
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['InitiateMultipartUpload'], times: 1 },
    ])
    if (when === 'in the same run') {
      world.network = ({ operation, partNumber }, pass) => {
        if (operation === 'UploadPart' && partNumber === 3) world.clock.shift(ms)
        return pass()
      }
    } else {
      await world.uploadUntil(3, file)
      world.clock.shift(ms)
    }
    await world.upload(file)
    await world.expectStored(bytes)
  })

  it('a day off, with the answer to Complete and one to Initiate lost', async () => {
    const world = await makeWorld()
    world.clock.shift(-86_400_000)
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['InitiateMultipartUpload'], times: 1 },
      { kind: 'lose-answer', operations: ['CompleteMultipartUpload'], times: 1 },
    ])
    await world.upload(world.file(bytes))
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })
})

describe('permissions', () => {
  it('oss:PutObject alone is enough when nothing goes wrong', async () => {
    const world = await makeWorld()
    const only = { accessKeyId: 'put-only', accessKeySecret: 'secret' }
    world.oss.keys.add({ ...only, allow: ['oss:PutObject'] })
    await world.upload(world.file(bytes), {}, { bucket: world.bucket(only) })
    expect(world.warnings()).toEqual([])
    await world.expectStored(bytes)
  })

  it('without oss:ListParts the journal alone decides', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(7, file)
    world.forgetRequests()
    const bucket = world.bucket(world.keyWithout('oss:ListParts'))
    const result = await world.upload(file, {}, { bucket })
    expect(result.resumed.parts).toBe(7)
    expect(world.partBodies).toBe(partCount - 7)
    await world.expectStored(bytes)
  })

  it('without oss:ListParts a part that OSS lost is found at Complete and sent again', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(7, file)
    const [uploadId = ''] = await world.unfinished()
    await world.other.uploadPart({ key, uploadId, partNumber: 2, body: noise(partSize, 9) })
    world.forgetRequests()
    const bucket = world.bucket(world.keyWithout('oss:ListParts'))
    await world.upload(file, {}, { bucket })
    expect(world.partBodies).toBe(partCount - 7 + 1)
    await world.expectStored(bytes)
  })

  it.each([
    ['oss:AbortMultipartUpload', []],
    ['oss:ListParts', ['oss:AbortMultipartUpload']],
  ])(
    'without %s a discarded upload stays, causes a warning, and is removed by a later run',
    async (first, more) => {
      const world = await makeWorld()
      const file = world.file(bytes)
      await world.uploadUntil(5, file)
      const bucket = world.bucket(world.keyWithout(first, 'oss:AbortMultipartUpload', ...more))
      await world.upload(file, { metadata: { other: 'headers' } }, { bucket })
      expect(world.warnings()).toContain('LEFT_BEHIND')
      expect((await world.object())?.equals(bytes)).toBe(true)
      expect(await world.unfinished()).toHaveLength(1)
      expect(world.leftovers()).toHaveLength(1)
      // The next run has the permission.
      await world.upload(file, { metadata: { other: 'headers' } })
      await world.expectStored(bytes)
    },
  )

  it('without oss:ListMultipartUploads an upload that a lost answer left causes a warning', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    world.oss.faults.set([
      { kind: 'lose-answer', operations: ['InitiateMultipartUpload'], times: 1 },
    ])
    const bucket = world.bucket(world.keyWithout('oss:ListMultipartUploads'))
    await world.upload(file, {}, { bucket })
    expect(world.warnings()).toContain('LEFT_BEHIND')
    expect((await world.object())?.equals(bytes)).toBe(true)
    expect(world.leftovers()).toHaveLength(1)
    world.forgetRequests()
    await world.upload(file)
    expect(world.partBodies).toBe(0)
    await world.expectStored(bytes)
  })

  it('without oss:GetObject a clear answer needs no look', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    const bucket = world.bucket(world.keyWithout('oss:GetObject'))
    await world.upload(file, {}, { bucket })
    await world.expectStored(bytes)
  })

  it('without oss:PutObject nothing is begun', async () => {
    const world = await makeWorld()
    const bucket = world.bucket(world.keyWithout('oss:PutObject'))
    await expect(world.upload(world.file(bytes), {}, { bucket })).rejects.toMatchObject({
      code: 'AccessDenied',
      status: 403,
      resumable: false,
    })
    expect(world.leftovers()).toEqual([])
    expect(await world.unfinished()).toEqual([])
  })

  it('an upload id that is dead, without oss:GetObject', async () => {
    const world = await makeWorld()
    const file = world.file(bytes)
    await world.uploadUntil(5, file)
    for (const uploadId of await world.unfinished()) {
      await world.other.abortMultipartUpload({ key, uploadId })
    }
    world.forgetRequests()
    const bucket = world.bucket(world.keyWithout('oss:GetObject'))
    await world.upload(file, {}, { bucket })
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })
})
