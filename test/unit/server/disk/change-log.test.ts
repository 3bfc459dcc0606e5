import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileLog, readLog } from '../../../../src/server/disk/change-log.ts'
import type { Change } from '../../../../src/server/store/catalog.ts'

const change = (id: string): Change => ({ do: 'drop-upload', in: 'b', id })

// Found by filling the disk below a server: what it had answered with 200 was gone after the next start.
it('holds what it confirmed, also on a disk that takes only some bytes of a write', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ossup-log-'))
  try {
    const path = join(folder, 'catalog.log')
    const file = await open(path, 'w+')
    const write = file.write.bind(file) as (
      bytes: Uint8Array,
      at: number,
      length: number,
      position: number,
    ) => Promise<unknown>
    Object.defineProperty(file, 'write', {
      value: (bytes: Uint8Array, at: number, length: number, position: number) =>
        write(bytes, at, Math.min(length, 10), position),
    })
    const log = new FileLog(file, 0, {
      isSynced: true,
      beforeSync: async () => {},
      guard: () => undefined,
      restore: async () => () => {},
      compactAt: () => Number.POSITIVE_INFINITY,
      compact: async () => {},
    })
    await Promise.all([log.append(change('one')), log.append(change('two'))])
    await log.append(change('three'))
    await log.close()
    const found: Change[] = []
    await readLog(path, one => found.push(one))
    expect(found).toEqual([change('one'), change('two'), change('three')])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

describe('a failed write', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ossup-log-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  /** A log whose next write fails, with what it does while it recovers. */
  async function failingLog(whileRestoring: (log: FileLog) => Promise<unknown>, guard = () => {}) {
    const path = join(folder, 'catalog.log')
    const file = await open(path, 'w+')
    const write = file.write
    let isFailing = false
    Object.defineProperty(file, 'write', {
      value: (...values: unknown[]) => {
        if (!isFailing) return Reflect.apply(write, file, values)
        isFailing = false
        return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
      },
    })
    const states: string[] = []
    const log: FileLog = new FileLog(file, 0, {
      isSynced: false,
      beforeSync: async () => {},
      guard: async () => guard(),
      async restore() {
        await whileRestoring(log)
        return () => states.push('restored')
      },
      compactAt: () => Number.POSITIVE_INFINITY,
      compact: async () => {},
    })
    const found = async () => {
      const changes: Change[] = []
      await readLog(path, one => changes.push(one))
      return changes
    }
    return { log, states, found, fail: () => (isFailing = true) }
  }

  // Found by failing one write below a loaded server: objects it had acknowledged could not be read.
  it('refuses the changes that come while the log recovers: they were checked against a lost state', async () => {
    const during: Promise<string>[] = []
    const outcome = (what: Promise<void>, states: readonly string[]) =>
      what.then(
        () => 'kept',
        () => `refused, ${states.join()}`,
      )
    const { log, states, found, fail } = await failingLog(async () => {
      during.push(outcome(log.append(change('during')), states))
      await readFile(import.meta.filename)
      during.push(outcome(log.append(change('later')), states))
    })
    await log.append(change('before'))
    fail()
    expect(await outcome(log.append(change('lost')), states)).toBe('refused, restored')
    expect(await Promise.all(during)).toEqual(['refused, restored', 'refused, restored'])
    await log.append(change('after'))
    await log.close()
    expect(await found()).toEqual([change('before'), change('after')])
  })

  it('writes nothing more once another server has the folder', async () => {
    let isLost = false
    const { log, states, found } = await failingLog(
      async () => {},
      () => {
        if (isLost) throw new Error('taken over')
      },
    )
    await log.append(change('before'))
    isLost = true
    await expect(log.append(change('lost'))).rejects.toThrow('taken over')
    isLost = false
    await expect(log.append(change('lost too'))).rejects.toThrow('taken over')
    expect(states).toEqual([])
    await log.close()
    expect(await found()).toEqual([change('before')])
  })
})

it.each([
  { do: 'object', in: 'b', object: { key: 'k', size: 1, segments: [segment('../../x')] } },
  { do: 'object', in: 'b', object: { key: 'k', size: 1, segments: [segment('/x')] } },
  { do: 'object', in: 'b', object: { key: 'k', size: 1, segments: [segment('a', -1)] } },
  { do: 'part', in: 'b', id: 'i', part: { number: 1, segments: [segment('..')] } },
  { do: 'all', in: 'b', changes: [{ do: 'drop-version', in: 'b', key: 'k' }] },
  { do: 'object', in: 'b', object: { key: 'k' } },
  { do: 'unknown', in: 'b' },
  null,
])('a line that no server wrote is damage, even with a right checksum: %j', async line => {
  const folder = await mkdtemp(join(tmpdir(), 'ossup-log-'))
  try {
    const path = join(folder, 'catalog.log')
    const good = JSON.stringify(change('good'))
    const text = [JSON.stringify(line), good].map(json => `${crc(json)} ${json}\n`).join('')
    await writeFile(path, text)
    const found: Change[] = []
    const report = await readLog(path, one => found.push(one))
    expect(found).toEqual([change('good')])
    expect(report.isDamaged).toBe(true)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

function segment(blob: string, offset = 0) {
  return { blob, offset, size: 1 }
}

function crc(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}
