import { describe, expect, test } from 'vitest'
import { Checkpoint } from '../../../src/journal/checkpoint.ts'
import { decodeJournal, encodeRecords } from '../../../src/journal/codec.ts'
import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'
import type { Journal } from '../../../src/ports.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { begin, intent, journal, part } from './records.ts'

const started = [begin, intent('a'), { t: 'upload', id: 'A', nonce: 'a', at: 7 }] as const

/** A journal whose calls are counted, and which fails on request. */
class WatchedJournal implements Journal {
  readonly contents: Uint8Array
  readonly calls: string[] = []
  written: Uint8Array
  failing: string | undefined
  /** Fails the next time only. */
  isOnce = false
  /** Resolved to let an append that waits go on. */
  gate: Promise<void> = Promise.resolve()

  constructor(contents: Uint8Array = new Uint8Array()) {
    this.contents = contents
    this.written = contents
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.calls.push('append')
    await this.gate
    this.#failIf('append')
    this.written = Uint8Array.of(...this.written, ...bytes)
  }

  async sync(): Promise<void> {
    this.calls.push('sync')
    this.#failIf('sync')
  }

  async replace(contents: Uint8Array): Promise<void> {
    this.calls.push('replace')
    this.written = contents
  }

  async remove(): Promise<void> {
    this.calls.push('remove')
  }

  async close(): Promise<void> {
    this.calls.push('close')
  }

  #failIf(call: string): void {
    if (this.failing !== call) return
    if (this.isOnce) this.failing = undefined
    throw new Error(`${call} failed`)
  }
}

function setUp(contents?: Uint8Array) {
  const clock = new VirtualClock()
  const journal = new WatchedJournal(contents)
  return { clock, journal, checkpoint: new Checkpoint(journal, clock, 'here') }
}

const recordsIn = (journal: WatchedJournal) => decodeJournal(journal.written).records

describe('recording', () => {
  test('a record is part of the state once it is appended, not before', async () => {
    const { journal, checkpoint } = setUp()
    let open = () => {}
    journal.gate = new Promise(resolve => {
      open = resolve
    })
    const recorded = checkpoint.record(begin)
    await Promise.resolve()
    expect(checkpoint.isEmpty).toBe(true)
    open()
    await recorded
    expect(checkpoint.isEmpty).toBe(false)
    expect(recordsIn(journal)).toEqual([begin])
  })

  test('records that come while an append is under way share the next one', async () => {
    const { journal, checkpoint } = setUp()
    await checkpoint.record(...started)
    journal.calls.length = 0
    let open = () => {}
    journal.gate = new Promise(resolve => {
      open = resolve
    })
    const first = checkpoint.record(part(1))
    await new Promise(resolve => setImmediate(resolve))
    const others = [2, 3, 4, 5].map(number => checkpoint.record(part(number)))
    open()
    await Promise.all([first, ...others])
    expect(journal.calls).toEqual(['append', 'append'])
    expect(recordsIn(journal)).toEqual([...started, ...[1, 2, 3, 4, 5].map(n => part(n))])
    expect(checkpoint.state.parts.size).toBe(5)
  })

  test('nobody waits for the append after the own one', async () => {
    const { journal, checkpoint } = setUp()
    const first = checkpoint.record(...started)
    await new Promise(resolve => queueMicrotask(() => resolve(undefined)))
    journal.gate = new Promise(() => {})
    const second = checkpoint.record(part(1))
    second.catch(() => {})
    await first
    expect(recordsIn(journal)).toEqual(started)
  })

  test('a failed append does not change the state, and only its callers get the error', async () => {
    const { journal, checkpoint } = setUp()
    await checkpoint.record(...started)
    journal.failing = 'append'
    journal.isOnce = true
    let open = () => {}
    journal.gate = new Promise(resolve => {
      open = resolve
    })
    const failed = checkpoint.record(part(1))
    await new Promise(resolve => setImmediate(resolve))
    const next = checkpoint.record(part(2))
    open()
    await expect(failed).rejects.toThrow('append failed')
    await next
    expect([...checkpoint.state.parts.keys()]).toEqual([2])
    expect(recordsIn(journal)).toEqual([...started, part(2)])
  })

  test('after a failed append the next record begins on a new line', async () => {
    const { journal, checkpoint } = setUp()
    await checkpoint.record(...started)
    journal.failing = 'append'
    await expect(checkpoint.record(part(1))).rejects.toThrow()
    // Half of the line was written, and could not be removed.
    journal.written = Uint8Array.of(...journal.written, ...encodeRecords([part(1)]).slice(0, 40))
    journal.failing = undefined
    await checkpoint.record(part(2))
    expect(recordsIn(journal)).toEqual([...started, part(2)])
  })

  test('a torn last line of an earlier run gets its line feed, once', async () => {
    const whole = encodeRecords(started)
    const torn = Uint8Array.of(...whole, ...encodeRecords([part(1)]).slice(0, 30))
    const { journal, checkpoint } = setUp(torn)
    expect(checkpoint.damaged).toBe(1)
    await checkpoint.record(part(2))
    await checkpoint.record(part(3))
    expect(decodeJournal(journal.written)).toEqual({
      records: [...started, part(2), part(3)],
      damaged: 1,
      torn: false,
    })
    const feeds = journal.written.filter(byte => byte === 0x0a)
    expect(feeds).toHaveLength(6)
  })

  test('without a journal the state is kept in memory', async () => {
    const clock = new VirtualClock()
    const checkpoint = new Checkpoint(undefined, clock)
    await checkpoint.recordAndSync(...started)
    expect(checkpoint.state.upload?.id).toBe('A')
    await checkpoint.remove()
    await checkpoint.close()
    expect(clock.sleepers).toBe(0)
  })
})

describe('reaching the disk', () => {
  test('part records are synced within a second, all of them at once', async () => {
    const { clock, journal, checkpoint } = setUp()
    await checkpoint.record(...started)
    await clock.advance(600)
    await checkpoint.record(part(1))
    expect(journal.calls).toEqual(['append', 'append'])
    await clock.advance(400)
    expect(journal.calls).toEqual(['append', 'append', 'sync'])
    await clock.advance(10_000)
    expect(journal.calls).toHaveLength(3)
    await checkpoint.record(part(2))
    await clock.advance(1000)
    expect(journal.calls.slice(3)).toEqual(['append', 'sync'])
  })

  test('recordAndSync does not wait for that, and spares it', async () => {
    const { clock, journal, checkpoint } = setUp()
    await checkpoint.recordAndSync(...started)
    await clock.advance(10_000)
    expect(journal.calls).toEqual(['append', 'sync'])
  })

  test('a failed background sync is tried again by the next sync, which reports a failure', async () => {
    const { clock, journal, checkpoint } = setUp()
    await checkpoint.record(...started)
    journal.failing = 'sync'
    await clock.advance(1000)
    await expect(checkpoint.close()).rejects.toThrow('sync failed')
    expect(journal.calls).toEqual(['append', 'sync', 'sync', 'close'])
  })

  test('closing syncs unsynced records, and does nothing else', async () => {
    const { clock, journal, checkpoint } = setUp()
    await checkpoint.recordAndSync(begin)
    await checkpoint.record(part(1))
    await checkpoint.close()
    expect(journal.calls).toEqual(['append', 'sync', 'append', 'sync', 'close'])
    expect(clock.sleepers).toBe(0)
  })

  test('after a removal nothing is synced', async () => {
    const { clock, journal, checkpoint } = setUp()
    await checkpoint.record(...started)
    await checkpoint.remove()
    await checkpoint.close()
    await clock.advance(5000)
    expect(journal.calls).toEqual(['append', 'remove', 'close'])
  })
})

test('a restart forgets the upload and keeps pending aborts', async () => {
  const { journal: watched, checkpoint } = setUp(encodeRecords(journal.slice(0, -2)))
  expect(checkpoint.state.done).toBeDefined()
  await checkpoint.restart()
  expect(checkpoint.state).toMatchObject({ begin, upload: undefined, done: undefined })
  expect([...checkpoint.state.aborting.keys()]).toEqual(['ID-1'])
  expect([...checkpoint.state.intents.keys()]).toEqual(['lost'])
  await checkpoint.record(intent('c'))
  const again = new Checkpoint(new WatchedJournal(watched.written), new VirtualClock())
  expect([...again.state.intents.keys()]).toEqual(['lost', 'c'])
})

test('what one run recorded the next one reads', async () => {
  const store = new MemoryJournalStore()
  const clock = new VirtualClock()
  const first = new Checkpoint(await store.open('a'), clock)
  await first.record(...started, part(1))
  await first.close()
  const second = new Checkpoint(await store.open('a'), clock)
  expect(second.state.upload?.id).toBe('A')
  expect(second.state.parts.size).toBe(1)
  await second.remove()
  await second.close()
  expect(await store.list()).toEqual([])
})

describe('when the first run began', () => {
  const clock = new VirtualClock()
  const journalOf = (contents: Uint8Array): Journal =>
    Object.assign(new WatchedJournal(contents), { bornAt: 4321 })
  const bytes = encodeRecords([begin, intent('a')])

  test('comes from sound records', () => {
    const { startedAt } = new Checkpoint(journalOf(bytes), clock)
    expect(startedAt).toBeLessThan(4321)
  })

  test('comes from the store if no record is sound', () => {
    const zeros = new Uint8Array(bytes.length)
    zeros.set(bytes.subarray(0, 5))
    expect(new Checkpoint(journalOf(zeros), clock).startedAt).toBe(4321)
  })

  test('does not come from the store for a new journal', () => {
    expect(new Checkpoint(journalOf(new Uint8Array()), clock).startedAt).toBeUndefined()
  })
})
