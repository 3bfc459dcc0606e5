import { describe, expect, test } from 'vitest'
import { SourceError } from '../../../src/errors.ts'
import { crc64 } from '../../../src/hash/crc64.ts'
import { bytesSource } from '../../../src/source/bytes-source.ts'
import { hashRange, sourceBody } from '../../../src/source/part-body.ts'

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 0xff)
const source = bytesSource(bytes)
const range = { position: 100, size: 250 }
const part = bytes.subarray(100, 350)

/** Reads a body to its end through a buffer of that size. */
async function readAll(body: ReturnType<typeof sourceBody>, bufferSize: number) {
  const read: number[] = []
  for (let done = 0; done < body.size; ) {
    const into = new Uint8Array(bufferSize)
    const count = await body.read(into)
    read.push(...into.subarray(0, count))
    done += count
  }
  return Uint8Array.from(read)
}

describe('the body of a part', () => {
  test.each([1, 64, 250, 251, 4096])('read %i bytes at a time', async bufferSize => {
    const body = sourceBody(source, range)
    expect(body.size).toBe(250)
    expect(await readAll(body, bufferSize)).toEqual(part)
    expect(body.crc64).toBe(crc64(part))
  })

  test('hashes what it hands out, and knows when it is whole', async () => {
    const body = sourceBody(source, range)
    expect([body.crc64, body.isWhole]).toEqual([0n, false])
    await body.read(new Uint8Array(100))
    expect([body.crc64, body.isWhole]).toEqual([crc64(part.subarray(0, 100)), false])
    await body.read(new Uint8Array(1000))
    expect([body.crc64, body.isWhole]).toEqual([crc64(part), true])
  })

  test('hashes the bytes as they are sent, not as they become', async () => {
    const changing = bytes.slice()
    const body = sourceBody(bytesSource(changing), range)
    const into = new Uint8Array(250)
    await body.read(into)
    changing.fill(0)
    expect(body.crc64).toBe(crc64(into))
  })

  test('a source that became shorter is reported, with the position', async () => {
    const body = sourceBody(bytesSource(bytes.subarray(0, 200)), range)
    const outcome = readAll(body, 64)
    await expect(outcome).rejects.toThrow(SourceError)
    await expect(outcome).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    await expect(outcome).rejects.toThrow('byte 200')
    expect(body.isWhole).toBe(false)
  })

  test('asks how much it may send, and sends no more', async () => {
    const asked: number[] = []
    const body = sourceBody(source, range, {
      admit: async wanted => {
        asked.push(wanted)
        return Math.min(wanted, 90)
      },
    })
    expect(await readAll(body, 200)).toEqual(part)
    expect(asked).toEqual([200, 160, 70])
  })

  test('a refusal to admit ends it', async () => {
    const body = sourceBody(source, range, {
      admit: () => Promise.reject(new Error('stopped')),
    })
    await expect(body.read(new Uint8Array(10))).rejects.toThrow('stopped')
  })

  test('the last bytes wait for beforeEnd, which sees the CRC-64 of all', async () => {
    const seen: bigint[] = []
    let allow = () => {}
    const body = sourceBody(source, range, {
      beforeEnd: async crc => {
        seen.push(crc)
        await new Promise<void>(resolve => {
          allow = resolve
        })
      },
    })
    await body.read(new Uint8Array(200))
    expect(seen).toEqual([])
    let handedOut = false
    const last = Promise.resolve(body.read(new Uint8Array(200))).then(count => {
      handedOut = true
      return count
    })
    await new Promise(resolve => setImmediate(resolve))
    expect([seen, handedOut]).toEqual([[crc64(part)], false])
    allow()
    expect(await last).toBe(50)
  })

  test('a rejection of beforeEnd keeps the last bytes back', async () => {
    const body = sourceBody(source, range, {
      beforeEnd: () => Promise.reject(new Error('it changed')),
    })
    await body.read(new Uint8Array(249))
    await expect(body.read(new Uint8Array(10))).rejects.toThrow('it changed')
  })
})

describe('hashing a range', () => {
  test.each([1, 99, 250, 1000])('through a buffer of %i bytes', async size => {
    const tapped: number[] = []
    const crc = await hashRange(source, range, new Uint8Array(size), undefined, seen =>
      tapped.push(...seen),
    )
    expect(crc).toBe(crc64(part))
    expect(Uint8Array.from(tapped)).toEqual(part)
  })

  test('of nothing is 0', async () => {
    expect(await hashRange(source, { position: 5, size: 0 }, new Uint8Array(1))).toBe(0n)
  })

  test('ends with a source that is too short, and with an abort', async () => {
    const short = hashRange(source, { position: 900, size: 101 }, new Uint8Array(64))
    await expect(short).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    const stopped = hashRange(source, range, new Uint8Array(64), AbortSignal.abort('enough'))
    await expect(stopped).rejects.toBe('enough')
  })
})
