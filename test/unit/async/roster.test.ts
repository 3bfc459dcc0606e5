import { expect, test } from 'vitest'
import { AbortWatch } from '../../../src/async/abort-watch.ts'
import { Roster } from '../../../src/async/roster.ts'
import { BatchTracker } from '../../../src/batch/batch-tracker.ts'
import { IdleWatch, type Movable } from '../../../src/runtimes/node/http/idle-watch.ts'
import { Connections } from '../../../src/schedule/connections.ts'
import { runAlone } from '../../../src/upload/run/running.ts'
import { ballast, ballastSize, keptByRound } from '../support/old-generation.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

test('those who came and have not left are there, in order', () => {
  const roster = new Roster<string>()
  for (const one of ['a', 'b', 'c']) roster.add(one)
  expect([roster.delete('b'), roster.delete('b')]).toEqual([true, false])
  expect([...roster]).toEqual(['a', 'c'])
  expect(roster.size).toBe(2)
  expect(roster.find(one => one > 'a')).toBe('c')
  expect(roster.find(one => one > 'c')).toBeUndefined()
})

test('members that join or leave during an iteration do not change it', () => {
  const roster = new Roster<number>()
  for (const one of [1, 2, 3]) roster.add(one)
  const seen: number[] = []
  for (const one of roster) {
    seen.push(one)
    roster.delete(one)
    roster.add(one + 10)
  }
  expect(seen).toEqual([1, 2, 3])
  expect([...roster]).toEqual([11, 12, 13])
})

/** Each round one comes, and one of the rounds before leaves, as with requests. */
function comingAndGoing(come: () => () => void): () => void {
  const leave = [come(), come(), come()]
  return () => {
    leave.push(come())
    leave.shift()?.()
  }
}

const { signal } = new AbortController()

test.each<[string, () => () => void]>([
  [
    'a roster',
    () => {
      const roster = new Roster<object>()
      return comingAndGoing(() => {
        const one = { ballast: ballast() }
        roster.add(one)
        return () => roster.delete(one)
      })
    },
  ],
  [
    'watching a signal',
    () => {
      const watch = new AbortWatch()
      return comingAndGoing(() => {
        const bytes = ballast()
        return watch.watch(signal, () => bytes)
      })
    },
  ],
  [
    'watching for time-outs',
    () => {
      const watch = new IdleWatch()
      return comingAndGoing(() => {
        const movable: Movable & { bytes: unknown } = { moved: 0, onIdle() {}, bytes: ballast() }
        watch.watch(movable, 20_000)
        return () => watch.leave(movable, 20_000)
      })
    },
  ],
  [
    'an upload among others',
    () => {
      const line = new Connections({ min: 1, start: 1, max: 1 })
      return comingAndGoing(() => {
        let end = () => {}
        const promise = new Promise<void>(resolve => {
          end = resolve
        })
        const budget = { process: {}, connections: line }
        const shared = ballast()
        void runAlone(budget, () => promise.then(() => shared))
        return end
      })
    },
  ],
  [
    'a file among others',
    () => {
      const tracker = new BatchTracker(new VirtualClock(), {})
      return comingAndGoing(() => {
        const path = ballast().join('a longer path')
        const { left } = tracker.began({
          kind: 'file',
          path,
          key: path,
          identity: { size: 1 },
        } as never)
        return left
      })
    },
  ],
])('%s leaves nothing behind that only a full collection would find', async (_, start) => {
  // Node.js 20 makes a hidden class for every `AbortSignal`.
  expect(await keptByRound(start())).toBeLessThan(ballastSize / 2)
})
