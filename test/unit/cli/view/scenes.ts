// Uploads with different courses, passed to a view by the real tracker on a virtual clock.

import type { ViewClock } from '../../../../src/cli/view/live-upload.ts'
import { type Part, planParts } from '../../../../src/plan/plan-parts.ts'
import { ProgressTracker } from '../../../../src/progress/tracker.ts'
import type { UploadEvent } from '../../../../src/progress/upload-event.ts'
import type { VirtualClock } from '../../support/virtual-clock.ts'

export const kib = 1024
export const mib = 1024 ** 2
export const gib = 1024 ** 3

/** The events of a view. */
export interface Listener {
  progress(snapshot: ReturnType<ProgressTracker['snapshot']>): void
  event(event: UploadEvent): void
  /** A moment passed, after which a live view is drawn again. */
  tick(): void
}

export interface Stage {
  readonly clock: VirtualClock
  readonly tracker: ProgressTracker
  pass(ms: number): Promise<void>
  /** Starts a part and hands a share of it over. */
  fly(part: Part, share: number): void
  /** Sends parts one after the other, `ms` each. */
  send(parts: readonly Part[], ms: number): Promise<void>
  /** A part breaks and will be sent again. */
  fail(part: Part, attempt: number, code?: string): void
}

export type Scene = (stage: Stage) => Promise<void>

export function clockOf(clock: VirtualClock): ViewClock {
  return { monotonic: () => clock.monotonic(), now: () => clock.now() }
}

export function stage(clock: VirtualClock, listener: Listener): Stage {
  const tracker = new ProgressTracker(clock)
  tracker.subscribe({
    onProgress: snapshot => listener.progress(snapshot),
    onEvent: event => listener.event(event),
  })
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 250) {
      await clock.advance(Math.min(250, left))
      listener.tick()
    }
  }
  return {
    clock,
    tracker,
    pass,
    fly({ partNumber, size }, share) {
      tracker.partStarted(partNumber)
      tracker.bytesSent(Math.floor(size * share), partNumber)
    },
    async send(parts, ms) {
      for (const part of parts) {
        tracker.partStarted(part.partNumber)
        for (const quarter of [1, 2, 3, 4]) {
          await pass(ms / 4)
          const bytes =
            Math.floor((part.size * quarter) / 4) - Math.floor((part.size * (quarter - 1)) / 4)
          tracker.bytesSent(bytes, part.partNumber)
        }
        tracker.partConfirmed(part, 1)
      }
    },
    fail({ partNumber }, attempt, code = 'CONNECTION_LOST') {
      tracker.partFailed(partNumber)
      tracker.retried()
      const reason = 'UploadPart: http://127.0.0.1: the connection was lost (ECONNRESET)'
      const operation = 'UploadPart'
      const delayMs = 300
      tracker.event({
        type: 'retry',
        operation,
        partNumber,
        attempt,
        attemptsMax: 8,
        delayMs,
        code,
        reason,
      })
    },
  }
}

function cut(total: number, partSize: number): readonly Part[] {
  return planParts(total, partSize, []).missing
}

/** Parts of 4 MiB, the first third of them from an earlier run. */
async function resume({ tracker, send }: Stage): Promise<readonly Part[]> {
  const parts = cut(300 * mib, 4 * mib)
  const kept = parts.slice(0, 20)
  tracker.phase('preparing', 300 * mib)
  tracker.phase('verifying')
  tracker.plan(kept, parts.slice(20), true)
  tracker.event({ type: 'resumed', uploadId: 'ID', bytes: 80 * mib, parts: 20 })
  tracker.phase('sending', 300 * mib)
  await send(parts.slice(20, 33), 400)
  return parts
}

export const scenes: Readonly<Record<string, Scene>> = {
  'a new upload': async ({ tracker, send, fly, pass }) => {
    const parts = cut(300 * mib, 4 * mib)
    tracker.phase('preparing', 300 * mib)
    tracker.event({ type: 'started', uploadId: 'ID' })
    tracker.plan([], parts, false)
    tracker.phase('sending', 300 * mib)
    await send(parts.slice(0, 12), 400)
    for (const [index, share] of [0.9, 0.5, 0.3, 0].entries()) fly(parts[12 + index]!, share)
    await pass(500)
  },

  'resumed, and connections break': async on => {
    const parts = await resume(on)
    for (const [index, share] of [0.9, 0.6, 0.5, 0.1, 0].entries())
      on.fly(parts[33 + index]!, share)
    on.fail(parts[34]!, 1)
    on.fail(parts[36]!, 1)
    await on.pass(250)
    on.fly(parts[36]!, 0.2)
    await on.pass(250)
  },

  'the picture in the readme': async on => {
    const { tracker, send, fly, fail, pass } = on
    const total = 1.8 * gib
    const parts = cut(total, 16 * mib)
    tracker.phase('preparing', total)
    tracker.phase('verifying')
    tracker.plan(parts.slice(0, 46), parts.slice(46), true)
    tracker.event({ type: 'resumed', uploadId: 'ID', bytes: 46 * 16 * mib, parts: 46 })
    tracker.phase('sending', total)
    await send(parts.slice(46, 79), 500)
    for (const index of [82, 83]) await send([parts[index]!], 500)
    for (const [index, share] of [
      [79, 0.95],
      [80, 0.7],
      [81, 0.2],
      [84, 0.6],
      [85, 0.4],
      [86, 0.1],
    ] as const) {
      fly(parts[index]!, share)
    }
    fail(parts[81]!, 1)
    fly(parts[81]!, 0.4)
    await pass(500)
  },

  'OSS asks to slow down': async on => {
    const parts = await resume(on)
    on.fly(parts[33]!, 0.5)
    on.fail(parts[33]!, 2, 'ServiceUnavailable')
    await on.pass(500)
  },

  'no connection': async on => {
    const parts = await resume(on)
    on.fly(parts[33]!, 0.5)
    on.tracker.partFailed(34)
    const since = on.clock.now()
    on.tracker.offline({ since, until: since + 15 * 60_000 })
    const reason = 'http://127.0.0.1: the network is unreachable (ENETUNREACH)'
    on.tracker.event({ type: 'offline', reason, timeoutMs: 15 * 60_000 })
    await on.clock.advance(60_000)
    await on.pass(5000)
  },

  'nothing moves': async on => {
    const parts = await resume(on)
    on.fly(parts[33]!, 0.5)
    await on.pass(9000)
  },

  'stored parts are verified': async ({ tracker, pass }) => {
    tracker.phase('preparing', 4 * gib)
    tracker.phase('verifying')
    tracker.verifying(3.4 * gib)
    for (let step = 0; step < 12; step++) {
      await pass(125)
      tracker.bytesVerified(100 * mib)
    }
    await pass(500)
  },

  'another owner': async ({ tracker, pass }) => {
    tracker.phase('preparing', 300 * mib)
    tracker.event({ type: 'waiting', host: 'nas', pid: 4711, since: 0 })
    await pass(2000)
  },

  completing: async ({ tracker, pass }) => {
    const parts = cut(300 * mib, 4 * mib)
    tracker.phase('preparing', 300 * mib)
    tracker.plan(parts, [], false)
    tracker.phase('completing')
    tracker.event({ type: 'completing' })
    await pass(1000)
  },

  'ten thousand parts': async on => {
    const parts = cut(300 * gib, Math.ceil((300 * gib) / 10_000))
    on.tracker.phase('preparing', 300 * gib)
    on.tracker.plan(parts.slice(0, 4321), parts.slice(4321), true)
    on.tracker.phase('sending', 300 * gib)
    await on.send(parts.slice(4321, 4329), 250)
    for (let index = 0; index < 16; index++) on.fly(parts[4329 + index * 3]!, 0.5)
    await on.pass(500)
  },

  'parts cut on the way': async ({ tracker, fly, pass, send }) => {
    const total = 1.5 * gib
    tracker.phase('preparing', total)
    tracker.plan([], [], false)
    tracker.phase('sending', total)
    const sizes = [256, 256, 256, 256, 1024, 4096, 16_384, 65_536, 65_536, 131_072, 65_536, 32_768]
    let position = 0
    const parts = sizes.map((size, index) => {
      const part = { partNumber: 1 + index * 16, position, size: size * kib }
      position += part.size
      return part
    })
    for (const part of parts.slice(0, 9)) {
      tracker.addPart(part, false)
      tracker.expectParts(20)
      await send([part], 1000)
    }
    for (const [index, share] of [0.75, 0.4, 0.2].entries()) {
      tracker.addPart(parts[9 + index]!, false)
      fly(parts[9 + index]!, share)
    }
    await pass(500)
  },

  'a stream without a known end': async ({ tracker, send, fly, pass }) => {
    tracker.phase('preparing')
    tracker.phase('sending')
    let position = 0
    for (let partNumber = 1; partNumber <= 14; partNumber++) {
      const part = { partNumber, position, size: 8 * mib }
      position += part.size
      tracker.addPart(part, partNumber <= 5)
      if (partNumber <= 5) continue
      if (partNumber < 13) await send([part], 500)
      else fly(part, 0.4)
    }
    await pass(500)
    tracker.bytesSent(mib, 14)
    await pass(500)
  },

  'a small file': async ({ tracker, pass }) => {
    tracker.phase('preparing', 6 * mib)
    tracker.phase('sending', 6 * mib)
    await pass(1000)
    tracker.bytesSent(2.5 * mib)
    await pass(1000)
  },
}
