// Uploads with part sizes chosen during the upload: which parts are kept, and how breaks change them.

import { expect, test } from 'vitest'
import { NetworkError } from '../../../../src/errors.ts'
import type { UploadOptions } from '../../../../src/options/upload-options.ts'
import { key, uploadBench } from '../../support/upload-bench.ts'

const MiB = 1024 ** 2
const size = 24 * MiB + 12_345
const auto: UploadOptions = { partSize: 'auto', concurrency: 'auto' }

function lost() {
  return new NetworkError('CONNECTION_LOST', 'the connection was reset', { sent: 'maybe' })
}

/** Stops after that many parts and three more, which OSS has but whose answers never came. */
async function interrupt(bench: ReturnType<typeof uploadBench>, after: number): Promise<void> {
  let seen = 0
  let unanswered = 0
  const stop = new AbortController()
  bench.oss.intercept = async ({ operation }, pass) => {
    if (operation !== 'UploadPart' || ++seen <= after) return pass()
    if (seen <= after + 3) await pass()
    if (++unanswered === 4) stop.abort(new Error('stopped'))
    return new Promise(() => {})
  }
  await expect(bench.run({ ...auto, signal: stop.signal })).rejects.toThrow('stopped')
  bench.oss.intercept = (_, pass) => pass()
}

test.each([
  { what: 'auto again', options: auto },
  { what: 'a size of its own', options: { partSize: MiB } },
])(
  'a resumed upload sends no byte that OSS has, with any part sizes: $what',
  async ({ options }) => {
    const bench = uploadBench({ size, ageMs: 60_000 })
    await interrupt(bench, 12)
    const before = bench.oss.requests.length
    const stored = bench.oss.requests
      .filter(({ operation }) => operation === 'UploadPart')
      .slice(0, 15)
      .reduce((sum, { sent }) => sum + sent, 0)

    const result = await bench.run(options)
    const again = bench.oss.requests
      .slice(before)
      .filter(({ operation }) => operation === 'UploadPart')
      .reduce((sum, { sent }) => sum + sent, 0)
    expect(stored).toBeGreaterThan(3 * MiB)
    expect(again).toBe(size - stored)
    expect(result.resumed.bytes).toBe(stored)
    expect((await bench.oss.object(key))?.length).toBe(size)
  },
)

test('an upload whose checkpoint is lost is adopted, with any part sizes', async () => {
  const bench = uploadBench({ size, ageMs: 60_000 })
  await interrupt(bench, 12)
  const journal = await bench.store.open((await bench.store.list())[0] ?? '')
  await journal.remove()
  await journal.close()
  const result = await bench.run({ ...auto, adopt: 'force' })
  expect(result.resumed.parts).toBe(15)
})

test('a part on which connections break is cut smaller, with the numbers that are left to it', async () => {
  const bench = uploadBench({ size, ageMs: 60_000 })
  bench.oss.intercept = async (seen, pass) => {
    if (seen.operation !== 'UploadPart') return pass()
    await bench.clock.sleep(10)
    const answer = await pass()
    // The line carries no megabyte in one piece.
    if (seen.sent > MiB) throw lost()
    return answer
  }
  const result = await bench.run({ ...auto, attempts: 3 })
  expect(result.verified).toBe('crc64')
  expect(result.retries).toBeGreaterThan(0)
  const reasons = bench.events.flatMap(event => (event.type === 'retry' ? [event.reason] : []))
  expect(reasons.some(reason => reason.includes('cut smaller'))).toBe(true)
})

test('connections that break each other become fewer, and their parts wait for the others', async () => {
  const bench = uploadBench({ size: 4 * size, ageMs: 60_000 })
  let passing = 0
  bench.oss.intercept = async ({ operation, sent }, pass) => {
    if (operation !== 'UploadPart') return pass()
    passing++
    try {
      await bench.clock.sleep(200 + sent / 1000)
      if (passing > 12) throw lost()
      return await pass()
    } finally {
      passing--
    }
  }
  const result = await bench.run(auto)
  expect(result.verified).toBe('crc64')
  const reasons = bench.events.flatMap(event => (event.type === 'retry' ? [event.reason] : []))
  expect(reasons.some(reason => reason.includes('waits for another connection'))).toBe(true)
})

test('parts of a small file suffice for all connections', async () => {
  const bench = uploadBench({ size: 11 * MiB, ageMs: 60_000 })
  const { parts } = await bench.run(auto)
  expect(parts).toBeGreaterThanOrEqual(8)
  expect(parts).toBeLessThanOrEqual(48)
})

test('an empty source, and one of a byte', async () => {
  for (const small of [0, 1]) {
    const bench = uploadBench({ size: small, ageMs: 60_000 })
    expect((await bench.run({ ...auto, multipartThreshold: 0 })).parts).toBe(1)
  }
})
