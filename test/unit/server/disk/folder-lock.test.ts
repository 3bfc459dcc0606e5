// One server for one data folder, in every state that a lock can be found in.

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Clock } from '../../../../src/ports.ts'
import { currentOwner, type LockOwner } from '../../../../src/runtimes/node/platform/lock-owner.ts'
import { openDiskStore } from '../../../../src/server/disk/disk-store.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ossup-lock-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const record = {
  createdAt: 1,
  acl: 'private',
  storageClass: 'Standard',
  redundancy: 'LRS',
} as const
const lockFile = (generation: number) => join(directory, `server.lock.${generation}`)
const deadPid = 2 ** 22 + 1

/** A clock that passes at once; `onSleep` runs in between. */
function quickClock(onSleep: () => Promise<void> = async () => {}): Clock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => clock.slept,
    monotonic: () => clock.slept,
    async sleep(ms: number) {
      clock.slept += ms
      await onSleep()
    },
  }
  return clock
}

async function writeLock(other: Partial<LockOwner>, beat = 0): Promise<void> {
  const { instance: _, thread: __, ...owner } = await currentOwner(1)
  const line = JSON.stringify({ ...owner, nonce: 'other', ...other })
  await writeFile(lockFile(1), `${line}\n${String(beat).padStart(14, '0')}\n`)
}

it('takes over at once from a server that was killed on this system', async () => {
  await writeLock({ pid: deadPid })
  const clock = quickClock()
  const store = await openDiskStore({ directory, clock })
  expect(clock.slept).toBe(0)
  expect(await readdir(directory)).not.toContain('server.lock.1')
  await store.close()
  expect((await readdir(directory)).filter(name => name.includes('lock'))).toEqual([])
})

// Two containers have a process 1 each.
it('watches the heartbeat of a server in another pid namespace, and refuses while it beats', async () => {
  let beats = 0
  await writeLock({ pid: 1, pidNamespace: 'pid:[1]' })
  const clock = quickClock(() => writeLock({ pid: 1, pidNamespace: 'pid:[1]' }, ++beats))
  await expect(openDiskStore({ directory, clock })).rejects.toThrow(/in use by process 1 on/)
})

it('takes over from one without a heartbeat for 30 seconds', async () => {
  await writeLock({ pid: 1, pidNamespace: 'pid:[1]' })
  const clock = quickClock()
  await (await openDiskStore({ directory, clock })).close()
  expect(clock.slept).toBeGreaterThanOrEqual(30_000)
})

it('waits for an empty lock to be written', async () => {
  await writeFile(lockFile(1), '')
  let beats = 0
  const clock = quickClock(() => writeLock({}, ++beats))
  await expect(openDiskStore({ directory, clock })).rejects.toThrow(/in use/)
})

it('writes to a log of its own after a takeover: the old owner may only be suspended', async () => {
  const first = await openDiskStore({ directory })
  await first.putBucket({ name: 'kept', ...record })
  await first.close()
  const log = join(directory, 'catalog.log')
  const before = await stat(log)
  await writeLock({ pid: deadPid })
  const second = await openDiskStore({ directory })
  expect((await stat(log)).ino).not.toBe(before.ino)
  expect(await second.bucket('kept')).toBeDefined()
  await second.putBucket({ name: 'new', ...record })
  await second.close()
  const third = await openDiskStore({ directory })
  expect((await third.buckets()).map(({ name }) => name)).toEqual(['kept', 'new'])
  await third.close()
})

it('has one owner of many that start at once, also after a kill', async () => {
  for (let round = 0; round < 5; round++) {
    if (round > 0) await writeLock({ pid: deadPid })
    const starts = await Promise.allSettled(
      Array.from({ length: 6 }, () => openDiskStore({ directory })),
    )
    const stores = starts.flatMap(start => (start.status === 'fulfilled' ? [start.value] : []))
    expect(stores.length).toBeLessThanOrEqual(1)
    for (const store of stores) await store.close()
  }
})

it('obeys the lock of a server of the first version', async () => {
  await writeFile(join(directory, 'lock'), JSON.stringify({ pid: process.ppid }))
  await expect(openDiskStore({ directory })).rejects.toThrow(/older version/)
  await writeFile(join(directory, 'lock'), JSON.stringify({ pid: deadPid }))
  await (await openDiskStore({ directory })).close()
  expect(await readdir(directory)).not.toContain('lock')
})

it.skipIf(process.platform === 'win32')('lets no other user read what it writes', async () => {
  await writeFile(join(directory, 'catalog.log'), '', { mode: 0o644 })
  const store = await openDiskStore({ directory })
  const writer = store.createBlob()
  await writer.write(Buffer.from('text'))
  await writer.finish()
  await store.putBucket({ name: 'bucket', ...record })
  for (const name of await readdir(directory, { recursive: true })) {
    const found = await stat(join(directory, name))
    expect([name, found.mode & 0o077]).toEqual([name, 0])
  }
  expect((await readFile(lockFile(1), 'utf8')).split('\n')).toHaveLength(3)
  await store.close()
})
