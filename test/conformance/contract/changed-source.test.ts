// Rule 3: the object is the file as it is at the end, never a mixture. Unchanged parts are
// not sent again.

import {
  appendFileSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { HttpRequest, Source } from '../../../src/ports.ts'
import { fileJournalStore, type UploadOptions } from '../../../src/runtimes/node/index.ts'
import { uploadFrom } from '../../../src/upload/resumable-upload.ts'
import { fileSize, key, makeWorld, noise, partCount, partSize } from './world.ts'

const bytes = noise(fileSize)

/** Writes bytes into an existing file. */
function edit(path: string, position: number, content: Uint8Array): void {
  const file = openSync(path, 'r+')
  writeSync(file, content, 0, content.length, position)
  closeSync(file)
}

function edited(content: Uint8Array, position: number, with_: Uint8Array): Buffer {
  const copy = Buffer.from(content)
  copy.set(with_, position)
  return copy
}

const few = Buffer.from('a few other bytes')

interface Change {
  readonly what: string
  /** Changes the file and gives what it holds then. */
  readonly make: (path: string) => Buffer
  /** Part bodies that the next run sends, after eight of thirteen parts had been confirmed. */
  readonly bodies: number
  readonly options?: UploadOptions
}

const changes: Change[] = [
  { what: 'nothing', make: () => bytes, bodies: 5 },
  {
    what: 'every byte, with size and mtime as before',
    make(path) {
      const { atime, mtime } = statSync(path)
      const other = noise(fileSize, 2)
      edit(path, 0, other)
      utimesSync(path, atime, mtime)
      return other
    },
    bodies: partCount,
  },
  {
    what: 'a few bytes of a confirmed part, with size and mtime as before',
    make(path) {
      const { atime, mtime } = statSync(path)
      edit(path, 3 * partSize + 5, few)
      utimesSync(path, atime, mtime)
      return edited(bytes, 3 * partSize + 5, few)
    },
    bodies: 6,
  },
  {
    what: 'a few bytes across two confirmed parts',
    make(path) {
      edit(path, 3 * partSize - 5, few)
      return edited(bytes, 3 * partSize - 5, few)
    },
    bodies: 7,
  },
  {
    what: 'a few bytes that were not sent yet',
    make(path) {
      edit(path, 11 * partSize, few)
      return edited(bytes, 11 * partSize, few)
    },
    bodies: 5,
  },
  {
    what: 'its end: it grew by two parts and a bit',
    make(path) {
      const more = noise(2 * partSize + 10, 3)
      appendFileSync(path, more)
      return Buffer.concat([bytes, more])
    },
    bodies: 7,
  },
  {
    what: 'its end: it was cut inside the confirmed parts',
    make(path) {
      truncateSync(path, 6 * partSize + 100)
      return bytes.subarray(0, 6 * partSize + 100)
    },
    bodies: 1,
  },
  {
    what: 'its end: it was cut where a part ends',
    make(path) {
      truncateSync(path, 6 * partSize)
      return bytes.subarray(0, 6 * partSize)
    },
    bodies: 0,
  },
  {
    what: 'its end: it is below the threshold now',
    make(path) {
      truncateSync(path, partSize + 1)
      return bytes.subarray(0, partSize + 1)
    },
    bodies: 0,
  },
  {
    what: 'its end: it is empty now',
    make(path) {
      truncateSync(path, 0)
      return Buffer.alloc(0)
    },
    bodies: 0,
  },
  {
    what: 'its mtime alone',
    make(path) {
      utimesSync(path, 1, 1)
      return bytes
    },
    bodies: 5,
  },
  {
    what: 'its inode: an equal file took its place',
    make(path) {
      writeFileSync(`${path}.new`, bytes)
      renameSync(`${path}.new`, path)
      return bytes
    },
    bodies: 5,
  },
  {
    what: 'its beginning: a byte was put before all others',
    make(path) {
      const shifted = Buffer.concat([Buffer.from('x'), bytes])
      writeFileSync(path, shifted)
      return shifted
    },
    bodies: partCount,
  },
]

describe('between two runs the file changed', () => {
  it.each(changes)('$what', async ({ make, bodies, options }) => {
    const world = await makeWorld()
    const path = world.file(bytes)
    await world.uploadUntil(8, path, options)
    expect(world.partBodies).toBe(8)
    const now = make(path)
    world.forgetRequests()
    const result = await world.upload(path, options)
    expect(result).toMatchObject({ size: now.length, verified: 'crc64' })
    expect(world.partBodies).toBe(bodies)
    await world.expectStored(now)
  })

  it('it was removed: the checkpoint waits for it', async () => {
    const world = await makeWorld()
    const path = world.file(bytes)
    await world.uploadUntil(8, path)
    rmSync(path)
    await expect(world.upload(path)).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
    expect(world.leftovers()).toHaveLength(1)
    world.forgetRequests()
    await world.upload(world.file(bytes))
    expect(world.partBodies).toBe(5)
    await world.expectStored(bytes)
  })

  it('and its stamps were too young when it was sent: the content decides', async () => {
    const world = await makeWorld()
    // By this clock the file was written in the future.
    world.clock.shift(-3_600_000)
    const path = world.file(bytes)
    await world.uploadUntil(8, path)
    world.clock.shift(3_600_000)
    edit(path, 10, few)
    world.forgetRequests()
    await world.upload(path)
    expect(world.partBodies).toBe(6)
    await world.expectStored(edited(bytes, 10, few))
  })
})

describe('while it is sent the file changes', () => {
  /** Makes a change as soon as that many parts are confirmed. */
  async function changeAfter(parts: number, change: (path: string) => Buffer, concurrency = 1) {
    const world = await makeWorld()
    const path = world.file(bytes)
    let confirmed = 0
    let now: Buffer = bytes
    const result = await world.upload(path, {
      concurrency,
      onEvent(event) {
        if (event.type === 'part' && ++confirmed === parts) now = change(path)
      },
    })
    await world.expectStored(now)
    return { world, result }
  }

  it.each([1, 4])('a confirmed part is edited, concurrency %i', async concurrency => {
    const { world, result } = await changeAfter(
      6,
      path => {
        edit(path, partSize, few)
        return edited(bytes, partSize, few)
      },
      concurrency,
    )
    expect(world.partBodies).toBe(partCount + 1)
    expect(result.size).toBe(fileSize)
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: 'round', partsKept: partCount - 1, partsDropped: 1 }),
    )
  })

  it('what is not sent yet is edited: nothing is sent twice', async () => {
    const { world } = await changeAfter(6, path => {
      edit(path, 10 * partSize, few)
      return edited(bytes, 10 * partSize, few)
    })
    expect(world.partBodies).toBe(partCount)
  })

  it('it grows', async () => {
    const { world } = await changeAfter(6, path => {
      appendFileSync(path, few)
      return Buffer.concat([bytes, few])
    })
    // The last part was sent short and has to be sent again with what came behind it.
    expect(world.partBodies).toBeLessThanOrEqual(partCount + 1)
  })

  it('it is cut behind what was sent', async () => {
    const { world } = await changeAfter(6, path => {
      truncateSync(path, 9 * partSize + 7)
      return bytes.subarray(0, 9 * partSize + 7)
    })
    expect(world.partBodies).toBeLessThanOrEqual(partCount)
  })

  it('it is cut inside what was sent', async () => {
    await changeAfter(6, path => {
      truncateSync(path, 2 * partSize + 7)
      return bytes.subarray(0, 2 * partSize + 7)
    })
  })

  it('it falls below the threshold', async () => {
    const { world } = await changeAfter(6, path => {
      truncateSync(path, 1000)
      return bytes.subarray(0, 1000)
    })
    expect(world.count('PutObject')).toBe(1)
  })

  it('another file takes its place', async () => {
    const other = noise(fileSize - 1000, 4)
    await changeAfter(6, path => {
      writeFileSync(`${path}.new`, other)
      renameSync(`${path}.new`, path)
      return other
    })
  })

  it('after the last part was confirmed and before Complete', async () => {
    const { world } = await changeAfter(partCount, path => {
      edit(path, 5, few)
      return edited(bytes, 5, few)
    })
    expect(world.partBodies).toBe(partCount + 1)
  })

  it('it never keeps still: an error after three rounds, and a later run finishes', async () => {
    const world = await makeWorld()
    const path = world.file(bytes)
    let writes = 0
    world.network = async ({ operation }, pass) => {
      const answer = await pass()
      if (operation === 'UploadPart') edit(path, 0, Buffer.from(`writer ${++writes}`))
      return answer
    }
    await expect(world.upload(path)).rejects.toMatchObject({
      name: 'SourceError',
      code: 'SOURCE_CHANGED',
      resumable: true,
    })
    expect(await world.object()).toBeUndefined()
    world.network = (_, pass) => pass()
    world.forgetRequests()
    await world.upload(path)
    expect(world.partBodies).toBeLessThanOrEqual(1)
    await world.expectStored(edited(bytes, 0, Buffer.from(`writer ${writes}`)))
  })
})

describe('a small file changes while it is sent as one request', () => {
  const small = noise(150_000)

  it('in its last moment: nothing of the old content is stored', async () => {
    const world = await makeWorld()
    const path = world.file(small)
    let puts = 0
    world.network = async ({ operation, request }, pass) => {
      if (operation === 'PutObject' && puts++ === 0) beforeReads(request, () => edit(path, 3, few))
      return pass()
    }
    await world.upload(path)
    expect(puts).toBe(2)
    await world.expectStored(edited(small, 3, few))
  })

  it('again and again: an error, and nothing is stored', async () => {
    const world = await makeWorld()
    const path = world.file(small)
    let writes = 0
    world.network = async ({ operation, request }, pass) => {
      if (operation === 'PutObject') {
        beforeReads(request, () => edit(path, 0, Buffer.from(`writer ${++writes}`)))
      }
      return pass()
    }
    await expect(world.upload(path)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(await world.object()).toBeUndefined()
    expect(world.leftovers()).toEqual([])
  })
})

/** Does something each time the request's body is read. */
function beforeReads({ body }: HttpRequest, act: () => void): void {
  if (body === undefined || !('read' in body)) throw new Error('The request has no body to read')
  const read = body.read.bind(body)
  body.read = into => {
    act()
    return read(into)
  }
}

describe("verify: 'always'", () => {
  /** A file system whose timestamps never change, so they prove nothing. */
  async function run(verify: 'auto' | 'always') {
    const world = await makeWorld()
    const content = Buffer.from(bytes)
    const stamp = '1000000000'
    const source: Source = {
      name: 'still.bin',
      id: 'still',
      identity: async () => ({ size: fileSize, mtimeNs: stamp, ctimeNs: stamp }),
      async read(into, position) {
        return content.copy(into, 0, position)
      },
      close: async () => {},
    }
    const result = await uploadFrom(
      world.bucket(),
      key,
      async () => source,
      {
        partSize,
        concurrency: 1,
        multipartThreshold: 0,
        verify,
        onEvent(event) {
          if (event.type === 'part' && event.partNumber === 8) content.set(few, 10)
        },
      },
      fileJournalStore(world.checkpointDir),
    )
    return { world, result, content }
  }

  it('finds a change that no stamp shows', async () => {
    const { world, content } = await run('always')
    expect(world.partBodies).toBe(partCount + 1)
    await world.expectStored(content)
  })

  it('is what it takes: without it such a change goes unseen', async () => {
    const { world } = await run('auto')
    expect(world.partBodies).toBe(partCount)
    await world.expectStored(bytes)
  })
})
