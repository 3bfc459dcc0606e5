import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../../../../src/ports.ts'
import { fileJournalStore } from '../../../../../src/runtimes/node/journal/file-journal-store.ts'
import {
  currentOwner,
  type LockOwner,
  systemMonotonicMs,
} from '../../../../../src/runtimes/node/platform/lock-owner.ts'
import { bundleChild, startChild } from '../child-process.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ossup-lock-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** This thread, as another copy of the module in it: of another realm, bundle or test file. */
const anotherCopy = async (since = 0) => ({ ...(await currentOwner(since)), instance: 'another' })
const bytes = (text: string) => new TextEncoder().encode(text)
const onLinux = test.runIf(process.platform === 'linux')

/** A clock that moves only while code sleeps; `onSleep` is called for each sleep. */
function sleepingClock(onSleep: (sleeps: number) => unknown = () => {}): Clock & { time: number } {
  let sleeps = 0
  const clock = {
    time: 0,
    now: () => 1e12 + clock.time,
    monotonic: () => clock.time,
    async sleep(ms: number) {
      clock.time += ms
      sleeps += 1
      await onSleep(sleeps)
    },
  }
  return clock
}

async function leaveLock(owner: LockOwner, { generation = 1, beat = 0 } = {}) {
  const text = `${JSON.stringify(owner)}\n${String(beat).padStart(14, '0')}\n`
  await writeFile(join(directory, `a.lock.${generation}`), text)
}

async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid!
}

const locks = async () => (await readdir(directory)).filter(name => name.includes('.lock.'))

describe('a death that can be proven is not waited for', () => {
  const cases: { what: string; change: () => Promise<Partial<LockOwner>> }[] = [
    { what: 'a process that has ended', change: async () => ({ pid: await endedPid() }) },
    { what: 'a pid that another process has now', change: async () => ({ startTime: '1' }) },
    {
      what: 'the same pid 1 of a container that was started again',
      change: async () => ({ pid: 1, startTime: '999999999999' }),
    },
  ]
  for (const { what, change } of cases) {
    onLinux(what, async () => {
      await leaveLock({ ...(await anotherCopy()), ...(await change()) })
      const clock = sleepingClock()
      const journal = await fileJournalStore(directory, { clock }).open('a')
      expect(clock.time).toBe(0)
      expect(await locks()).toEqual(['a.lock.2'])
      await journal.close()
      expect(await locks()).toEqual([])
    })
  }
})

describe('elsewhere an owner counts as dead only after 30 s without a heartbeat', () => {
  const cases: { what: string; other: Partial<LockOwner> }[] = [
    { what: 'another host', other: { host: 'far', boot: 'other' } },
    { what: 'the same host name in another boot', other: { boot: 'other' } },
    { what: 'another pid namespace', other: { pid: 1, pidNamespace: 'pid:[1]' } },
  ]
  for (const { what, other } of cases) {
    test(`${what}: taken over after 30 s of silence`, async () => {
      await leaveLock({ ...(await anotherCopy()), ...other })
      const clock = sleepingClock()
      const journal = await fileJournalStore(directory, { clock }).open('a')
      expect(clock.time).toBe(30_000)
      expect(await locks()).toEqual(['a.lock.2'])
      await journal.close()
    })

    test(`${what}: busy at its first beat`, async () => {
      const owner = { ...(await anotherCopy(1e12)), host: 'far', ...other }
      await leaveLock(owner)
      const clock = sleepingClock(sleeps => sleeps === 29 && leaveLock(owner, { beat: 1 }))
      const failure = await fileJournalStore(directory, { clock })
        .open('a')
        .catch(error => error)
      expect(failure).toMatchObject({
        code: 'UPLOAD_BUSY',
        owner: { host: owner.host, pid: owner.pid, since: 1e12 },
      })
      expect(failure.message).toContain(`process ${owner.pid} on ${owner.host} since 2001-09-09`)
      expect(await locks()).toEqual(['a.lock.1'])
    })
  }

  test('a look that took long proves no more than a short one', async () => {
    await leaveLock({ ...(await anotherCopy()), boot: 'other' })
    const clock = sleepingClock(() => {
      clock.time += 60_000
    })
    const journal = await fileJournalStore(directory, { clock }).open('a')
    expect(clock.time).toBeGreaterThan(10 * 60_000)
    await journal.close()
  })

  test('a lock that was never written, too', async () => {
    await writeFile(join(directory, 'a.lock.1'), '')
    const clock = sleepingClock()
    const journal = await fileJournalStore(directory, { clock }).open('a')
    expect(clock.time).toBe(30_000)
    await journal.close()
  })

  test('a lock that is being written is read again', async () => {
    await writeFile(join(directory, 'a.lock.1'), '')
    const owner = { ...(await anotherCopy()), boot: 'other' }
    const clock = sleepingClock(async sleeps => {
      if (sleeps === 1) await leaveLock(owner)
      if (sleeps === 3) await leaveLock(owner, { beat: 1 })
    })
    await expect(fileJournalStore(directory, { clock }).open('a')).rejects.toMatchObject({
      code: 'UPLOAD_BUSY',
    })
  })

  test('a lock that goes away while it is watched is free', async () => {
    await leaveLock({ ...(await anotherCopy()), boot: 'other' })
    const clock = sleepingClock(() => rm(join(directory, 'a.lock.1'), { force: true }))
    const journal = await fileJournalStore(directory, { clock }).open('a')
    expect(clock.time).toBe(1000)
    await journal.close()
  })
})

test('two who take over at once: one becomes the owner', async () => {
  await leaveLock({ ...(await anotherCopy()), boot: 'other' })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, () =>
      fileJournalStore(directory, { clock: sleepingClock() }).open('a'),
    ),
  )
  const won = outcomes.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  expect(won).toHaveLength(1)
  expect(await locks()).toHaveLength(1)
  await won[0]?.close()
})

test('one who comes with an old view of the folder does not push a living owner out', async () => {
  const dead = { ...(await anotherCopy()), boot: 'other' }
  await leaveLock(dead, { generation: 7 })
  const other = { ...(await anotherCopy()), nonce: 'alive' }
  // While we watch the dead owner, another owner removes it and starts again at 1.
  const clock = sleepingClock(async sleeps => {
    if (sleeps === 30) await leaveLock(other, { generation: 1, beat: systemMonotonicMs() })
  })
  if (process.platform === 'linux') {
    await expect(fileJournalStore(directory, { clock }).open('a')).rejects.toMatchObject({
      code: 'UPLOAD_BUSY',
    })
    expect(await locks()).toContain('a.lock.1')
    expect(await locks()).not.toContain('a.lock.8')
  }
})

test('an owner that was taken for dead notices, and removes nothing of the new one', async () => {
  const clock = sleepingClock()
  const journal = await fileJournalStore(directory, { clock }).open('a')
  await journal.append(bytes('mine\n'))
  await rm(join(directory, 'a.lock.1'))
  const newer = { ...(await currentOwner(0)), nonce: 'newer' }
  await leaveLock(newer)
  const lost = { code: 'LOCK_LOST', retryable: false }
  await journal.append(bytes('at once\n'))
  clock.time += 60_000
  await expect(journal.append(bytes('after a sleep\n'))).rejects.toMatchObject(lost)
  await expect(journal.sync()).rejects.toMatchObject(lost)
  await expect(journal.replace(bytes('other'))).rejects.toMatchObject(lost)
  await expect(journal.remove()).rejects.toMatchObject(lost)
  await journal.close()
  expect(await readFile(join(directory, 'a.journal'), 'utf8')).toBe('mine\nat once\n')
  expect(await readFile(join(directory, 'a.lock.1'), 'utf8')).toContain('newer')
})

test('an owner that slept and still is one goes on', async () => {
  const clock = sleepingClock()
  const journal = await fileJournalStore(directory, { clock }).open('a')
  clock.time += 60_000
  await journal.append(bytes('x'))
  await journal.close()
})

describe('an owner in this process', () => {
  const open = (clock = sleepingClock()) => fileJournalStore(directory, { clock }).open('a')

  test('that holds it is busy at once', async () => {
    const journal = await open()
    const clock = sleepingClock()
    await expect(open(clock)).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
    expect(clock.time).toBe(0)
    await journal.close()
  })

  test('whose release failed is dead at once', async () => {
    const journal = await open()
    const [lock = ''] = await locks()
    // A folder in its place: the lock is not found, so it is not removed.
    await rename(join(directory, lock), join(directory, 'aside'))
    await mkdir(join(directory, lock))
    await journal.close()
    await rmdir(join(directory, lock))
    await rename(join(directory, 'aside'), join(directory, lock))
    const clock = sleepingClock()
    const next = await open(clock)
    expect(clock.time).toBe(0)
    await next.close()
    expect(await locks()).toEqual([])
  })

  onLinux('of another copy of the module is busy while its heartbeat is young', async () => {
    await leaveLock(await anotherCopy(), { beat: systemMonotonicMs() })
    const clock = sleepingClock()
    await expect(open(clock)).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
    expect(clock.time).toBe(0)
  })

  test('of another copy that was thrown away is taken over after 30 s of silence', async () => {
    await leaveLock(await anotherCopy(), { beat: systemMonotonicMs() - 15_000 })
    const clock = sleepingClock()
    const journal = await open(clock)
    expect(clock.time).toBe(30_000)
    await journal.close()
  })

  test('of another copy that beats late is busy', async () => {
    const owner = await anotherCopy()
    await leaveLock(owner, { beat: systemMonotonicMs() - 20_000 })
    const clock = sleepingClock(
      sleeps => sleeps === 20 && leaveLock(owner, { beat: systemMonotonicMs() }),
    )
    await expect(open(clock)).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
    expect(clock.time).toBe(20_000)
  })

  onLinux('a worker thread that was ended is dead at once', async () => {
    const script = await bundleChild('hold-in-thread', directory)
    const worker = new Worker(script, { workerData: { directory, name: 'a' } })
    expect((await once(worker, 'message'))[0]).toBe('open')
    await expect(open()).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
    await worker.terminate()
    const clock = sleepingClock()
    const journal = await open(clock)
    expect(clock.time).toBe(0)
    await journal.close()
  })

  onLinux('a thread that has ended in another process is dead at once', async () => {
    const [tid] = (await anotherCopy()).thread?.split(' ') ?? []
    await leaveLock({ ...(await anotherCopy()), thread: `${tid} 1` }, { beat: systemMonotonicMs() })
    const clock = sleepingClock()
    const journal = await open(clock)
    expect(clock.time).toBe(0)
    await journal.close()
  })
})

describe('between processes', () => {
  onLinux('a stopped owner keeps its lock, however old its heartbeat', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
    try {
      const pid = child.pid!
      child.kill('SIGSTOP')
      const stat = () => readFile(`/proc/${pid}/stat`, 'utf8').then(text => text.split(') ')[1]!)
      while ((await stat())[0] !== 'T') await new Promise(resolve => setImmediate(resolve))
      const startTime = (await stat()).split(' ')[19]!
      const owner = { ...(await anotherCopy()), pid, startTime, thread: `${pid} ${startTime}` }
      await leaveLock(owner)
      const clock = sleepingClock()
      await expect(fileJournalStore(directory, { clock }).open('a')).rejects.toMatchObject({
        code: 'UPLOAD_BUSY',
      })
      expect(clock.time).toBe(0)
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('of many that open at once one gets the journal, and the next when it has closed', async () => {
    const script = await bundleChild('open-once', directory)
    const folder = join(directory, 'journals')
    const children = Array.from({ length: 4 }, () => startChild(script, folder, 'a'))
    await Promise.all(children.map(child => child.next()))
    for (const child of children) child.process.send('go')
    const answers = await Promise.all(children.map(child => child.next()))
    expect(answers.sort()).toEqual(['UPLOAD_BUSY', 'UPLOAD_BUSY', 'UPLOAD_BUSY', 'open'])
    const failure = await fileJournalStore(folder)
      .open('a')
      .catch(error => error)
    const holder = children.find(child => child.process.connected)!
    expect(failure).toMatchObject({ code: 'UPLOAD_BUSY', owner: { pid: holder.process.pid } })
    const exited = once(holder.process, 'exit')
    holder.process.send('close')
    await exited
    await (await fileJournalStore(folder).open('a')).close()
    expect(await readdir(folder)).toEqual([])
  })

  onLinux('the journal of a killed owner is free at once', async () => {
    const script = await bundleChild('open-once', directory)
    const folder = join(directory, 'journals')
    const child = startChild(script, folder, 'a')
    await child.next()
    child.process.send('go')
    expect(await child.next()).toBe('open')
    await child.kill()
    const clock = sleepingClock()
    const journal = await fileJournalStore(folder, { clock }).open('a')
    expect(clock.time).toBe(0)
    await journal.close()
  })
})

describe('looking without the lock', () => {
  const look = () => fileJournalStore(directory).look?.('a')

  test('a journal that is not there', async () => {
    expect(await look()).toEqual({})
  })

  test('when it changed, and no owner', async () => {
    await writeFile(join(directory, 'a.journal'), 'x')
    await utimes(join(directory, 'a.journal'), 1000, 1000.5)
    expect(await look()).toEqual({ changedAt: 1_000_500 })
  })

  onLinux('who has it', async () => {
    const journal = await fileJournalStore(directory).open('a')
    await journal.append(bytes('x'))
    expect(await look()).toMatchObject({ owner: { pid: process.pid, isCertain: true } })
    await journal.close()
    expect(await look()).not.toHaveProperty('owner')
  })

  onLinux('an owner that is dead, and one on another machine', async () => {
    await writeFile(join(directory, 'a.journal'), 'x')
    const me = await anotherCopy(5)
    await leaveLock({ ...me, pid: await endedPid() })
    expect(await look()).not.toHaveProperty('owner')
    await leaveLock({ ...me, host: 'far', boot: 'other' }, { generation: 2 })
    expect(await look()).toMatchObject({ owner: { host: 'far', since: 5, isCertain: false } })
  })
})
