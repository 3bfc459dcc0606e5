import { describe, expect, test } from 'vitest'
import type { Part } from '../../../src/plan/plan-parts.ts'
import type { ProgressSnapshot } from '../../../src/progress/snapshot.ts'
import { ProgressTracker } from '../../../src/progress/tracker.ts'
import type { UploadEvent } from '../../../src/progress/upload-event.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const size = 1000
const part = (partNumber: number): Part => ({ partNumber, position: (partNumber - 1) * size, size })
const parts = [1, 2, 3, 4].map(part)
const [one, two, three, four] = parts as [Part, Part, Part, Part]

function setUp() {
  const clock = new VirtualClock()
  const tracker = new ProgressTracker(clock)
  const seen: ProgressSnapshot[] = []
  const events: UploadEvent[] = []
  const leave = tracker.subscribe({
    onProgress: snapshot => seen.push(snapshot),
    onEvent: event => events.push(event),
  })
  return { clock, tracker, seen, events, leave }
}

/** Speed and time left, rounded. */
function figures(tracker: ProgressTracker) {
  const { bytesPerSecond = 0, remainingMs } = tracker.snapshot()
  return {
    perSecond: Math.round(bytesPerSecond),
    seconds: remainingMs === undefined ? undefined : Math.round(remainingMs / 1000),
  }
}

describe('the arithmetic', () => {
  test('sent and confirmed are two numbers, and what an earlier run did is a third', () => {
    const { tracker } = setUp()
    tracker.phase('sending', 4 * size)
    tracker.plan([one], [two, three, four], true)
    tracker.partStarted(2)
    tracker.bytesSent(600, 2)
    expect(tracker.snapshot()).toMatchObject({
      phase: 'sending',
      totalBytes: 4000,
      confirmedBytes: 1000,
      resumedBytes: 1000,
      sentBytes: 600,
      inFlightBytes: 600,
      partsTotal: 4,
      partsConfirmed: 1,
      partsInFlight: 1,
    })
    tracker.partFailed(2)
    tracker.retried()
    expect(tracker.snapshot()).toMatchObject({
      sentBytes: 600,
      inFlightBytes: 0,
      partsInFlight: 0,
      retries: 1,
    })
    tracker.partStarted(2)
    tracker.bytesSent(1000, 2)
    tracker.partConfirmed(two, 2)
    expect(tracker.snapshot()).toMatchObject({
      confirmedBytes: 2000,
      resumedBytes: 1000,
      sentBytes: 1600,
      inFlightBytes: 0,
      partsConfirmed: 2,
      partsInFlight: 0,
    })
    expect(tracker.resumed).toEqual({ bytes: 1000, parts: 1 })
  })

  test('every part has its state', () => {
    const { tracker } = setUp()
    tracker.plan([one], [two, three, four], true)
    tracker.partStarted(2)
    tracker.bytesSent(10, 2)
    tracker.partStarted(3)
    tracker.bytesSent(20, 3)
    tracker.partFailed(3)
    const drawn = tracker.snapshot().parts()
    expect(drawn.map(({ state, sentBytes, attempts }) => [state, sentBytes, attempts])).toEqual([
      ['kept', 0, 0],
      ['sending', 10, 1],
      ['retrying', 0, 1],
      ['waiting', 0, 0],
    ])
    tracker.partStarted(3)
    expect(tracker.snapshot().parts()[2]).toMatchObject({ state: 'sending', attempts: 2 })
    expect(drawn[2]).toMatchObject({ partNumber: 3, position: 2000, size: 1000 })
  })

  test('a failure of a part that was not in flight or not planned changes nothing', () => {
    const { tracker } = setUp()
    tracker.plan([], [one], false)
    tracker.partFailed(1)
    tracker.partFailed(9)
    tracker.partStarted(9)
    expect(tracker.snapshot()).toMatchObject({ partsInFlight: 0, partsTotal: 1 })
  })

  test('what an earlier run had done and was given up since is not counted as resumed', () => {
    const { tracker } = setUp()
    tracker.plan([one, two], [three, four], true)
    tracker.plan([one, two], [three, four], false)
    expect(tracker.resumed).toEqual({ bytes: 2000, parts: 2 })
    tracker.nextRound('it was modified', [two])
    tracker.plan([two], [one, three, four], false)
    expect(tracker.resumed).toEqual({ bytes: 1000, parts: 1 })
    expect(tracker.snapshot().parts()[0]?.state).toBe('kept')
  })

  test('a new round says why', () => {
    const { tracker, events } = setUp()
    tracker.plan([one, two], [three], false)
    expect(tracker.snapshot()).toMatchObject({ round: 1, roundReason: undefined })
    tracker.nextRound('it was modified', [one])
    expect(tracker.snapshot()).toMatchObject({ round: 2, confirmedBytes: 1000 })
    tracker.plan([one], [two, three], false)
    expect(tracker.snapshot()).toMatchObject({
      round: 2,
      roundReason: 'it was modified',
      confirmedBytes: 1000,
    })
    expect(events).toEqual([
      { type: 'round', reason: 'it was modified', partsKept: 1, partsDropped: 1 },
    ])
  })

  test('speed and time left are of what this run sends', async () => {
    const { tracker, clock } = setUp()
    tracker.phase('sending', 100_000)
    for (let second = 0; second < 4; second++) {
      tracker.bytesSent(second === 0 ? 0 : 10_000)
      await clock.advance(1000)
    }
    tracker.bytesSent(10_000)
    // 60,000 bytes are neither confirmed nor on the way.
    expect(figures(tracker)).toEqual({ perSecond: 10_000, seconds: 6 })
  })

  test('bytes that were lost count for the speed, not for the remaining time', async () => {
    const { tracker, clock } = setUp()
    tracker.phase('sending', 4 * size)
    tracker.plan([], parts, false)
    for (let attempt = 1; attempt <= 60; attempt++) {
      tracker.partStarted(1)
      await clock.advance(500)
      tracker.bytesSent(500, 1)
      tracker.partFailed(1)
      await clock.advance(500)
      tracker.bytesSent(0)
    }
    const { perSecond, seconds } = figures(tracker)
    expect(perSecond).toBeGreaterThan(450)
    expect(seconds).toBeUndefined()
  })

  test('what went before sending, or before an outage, is no part of the speed', async () => {
    const { tracker, clock } = setUp()
    tracker.phase('verifying', 100_000)
    await clock.advance(60_000)
    tracker.phase('sending')
    await clock.advance(1000)
    tracker.bytesSent(10_000)
    expect(figures(tracker)).toEqual({ perSecond: 10_000, seconds: undefined })
    for (let second = 0; second < 3; second++) {
      await clock.advance(1000)
      tracker.bytesSent(10_000)
    }
    expect(figures(tracker)).toEqual({ perSecond: 10_000, seconds: 6 })
  })

  test('verifying is shown while it lasts', async () => {
    const { tracker, clock, seen } = setUp()
    tracker.phase('verifying', 4000)
    tracker.verifying(3000)
    await clock.advance(100)
    tracker.bytesVerified(1000)
    expect(seen.at(-1)).toMatchObject({ verifiedBytes: 1000, bytesToVerify: 3000 })
    tracker.verifying(0)
    expect(seen.at(-1)).toMatchObject({ verifiedBytes: undefined, bytesToVerify: undefined })
  })

  test('a whole source that failed is not on the way any more', () => {
    const { tracker } = setUp()
    tracker.phase('sending', 1000)
    tracker.bytesSent(700)
    tracker.wholeFailed()
    expect(tracker.snapshot()).toMatchObject({ sentBytes: 700, inFlightBytes: 0 })
  })

  test('the time without a network does not count for the speed', async () => {
    const { tracker, clock } = setUp()
    tracker.phase('sending', 100_000)
    const since = clock.now()
    tracker.offline({ since, until: since + 900_000 })
    expect(tracker.snapshot()).toMatchObject({
      offlineSince: since,
      offlineUntil: since + 900_000,
    })
    await clock.advance(3_600_000)
    tracker.offline(undefined)
    expect(tracker.snapshot().offlineSince).toBeUndefined()
    await clock.advance(1000)
    tracker.bytesSent(10_000)
    expect(figures(tracker).perSecond).toBe(10_000)
  })

  test('nothing is made up where the length is not known', () => {
    const { tracker } = setUp()
    expect(tracker.snapshot()).toMatchObject({
      totalBytes: undefined,
      remainingMs: undefined,
      partsTotal: undefined,
      bytesPerSecond: undefined,
    })
  })
})

describe('the callbacks', () => {
  test('are called at most every 100 ms, but for what must not be missed', async () => {
    const { tracker, clock, seen } = setUp()
    tracker.phase('sending', 1_000_000)
    const before = seen.length
    for (let i = 0; i < 1000; i++) {
      await clock.advance(1)
      tracker.bytesSent(100)
    }
    expect(seen.length - before).toBe(10)
    tracker.phase('completing')
    tracker.phase('completing')
    expect(seen.length - before).toBe(12)
  })

  test('are called once at the end, and never again', async () => {
    const { tracker, clock, seen, events } = setUp()
    tracker.phase('sending', 4000)
    tracker.plan([one], [two], false)
    // Of a single PutObject no part says that its bytes have arrived.
    tracker.bytesSent(1000)
    tracker.close({ size: 4000 })
    expect(seen.at(-1)).toMatchObject({ phase: 'done', confirmedBytes: 4000, inFlightBytes: 0 })
    const count = seen.length
    await clock.advance(1000)
    tracker.bytesSent(10)
    tracker.phase('sending')
    tracker.partConfirmed(two, 1)
    tracker.event({ type: 'completing' })
    tracker.offline({ since: 1, until: 2 })
    tracker.close({ size: 4000 })
    expect(seen).toHaveLength(count)
    expect(events).toEqual([])
  })

  test('show the stored size at the end, also if another size was expected', () => {
    const { tracker, seen } = setUp()
    tracker.phase('sending', 4000)
    tracker.plan([one], [], true)
    tracker.close({ size: 9000 })
    expect(seen.at(-1)).toMatchObject({ totalBytes: 9000, confirmedBytes: 9000 })
  })

  test('a failed upload has no last snapshot', () => {
    const { tracker, seen } = setUp()
    tracker.close()
    expect(seen).toEqual([])
  })

  test('that throw, now or later, harm nobody', async () => {
    const { tracker, seen, events } = setUp()
    const bad = () => {
      throw new Error('my own affair')
    }
    tracker.subscribe({ onProgress: bad, onEvent: bad })
    const late = async () => bad()
    tracker.subscribe({ onProgress: late, onEvent: late })
    tracker.phase('sending', 10)
    tracker.event({ type: 'completing' })
    await new Promise(resolve => setImmediate(resolve))
    expect(seen).toHaveLength(1)
    expect(events).toHaveLength(1)
  })

  test('of one who leaves are not called any more; the same function of another one is', () => {
    const { tracker } = setUp()
    const calls: string[] = []
    const onEvent = () => void calls.push('called')
    const leave = tracker.subscribe({ onEvent })
    tracker.subscribe({ onEvent })
    leave()
    tracker.event({ type: 'completing' })
    expect(calls).toEqual(['called'])
  })
})

test('parts of a stream come one by one', () => {
  const { tracker } = setUp()
  tracker.addPart(one, true)
  tracker.addPart(two, false)
  tracker.partStarted(2)
  tracker.partConfirmed(two, 1)
  expect(tracker.snapshot()).toMatchObject({
    confirmedBytes: 2000,
    resumedBytes: 1000,
    partsConfirmed: 2,
  })
})

test('a part is reported once it is confirmed, with its attempts', () => {
  const { tracker, events } = setUp()
  tracker.plan([], parts, false)
  tracker.partStarted(1)
  tracker.partConfirmed(one, 3)
  expect(events).toEqual([{ type: 'part', partNumber: 1, size, attempts: 3 }])
})
