// Rules 11 and 14: parts under way never outnumber the concurrency asked for, and none is sent more often
// than its budget allows.

import { isOssupError } from '../../../src/errors.ts'
import { autoConcurrency } from '../../../src/schedule/concurrency.ts'
import type { RunOptions } from '../plan.ts'
import type { SimulatedProcess } from '../process.ts'
import type { Sent } from '../simulated-network.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

/** Mended and repeated, at no cost to the budget; a source that changed makes it another part. */
const free = new Set([
  'SOURCE_CHANGED',
  'RequestTimeTooSkewed',
  'SecurityTokenExpired',
  'InvalidSecurityToken',
  'AccessKeyIdAndSecurityTokenNotMatch',
])

/** The answer is as good as without them. */
const harmless: ReadonlySet<string | undefined> = new Set([undefined, 'list-stale', 'duplicated'])

export function traffic(world: World): Checker {
  const failures = new Map<string, number>()
  const forget = ({ number }: SimulatedProcess) => {
    for (const name of failures.keys()) if (name.startsWith(`${number}/`)) failures.delete(name)
  }
  return {
    onSend(sent) {
      if (sent.operation !== 'UploadPart') return
      const { options } = world.process(sent.by)
      let underWay = 0
      for (const { sent: other } of world.network.underWay) {
        if (other.by === sent.by && other.operation === 'UploadPart') underWay++
      }
      if (underWay > limitOf(options)) {
        world.violate('14 concurrency', `${underWay} parts are under way`)
      }
      const spent = failures.get(nameOf(sent)) ?? 0
      // Without a CRC-64 a part is sent once more, with Content-MD5.
      const more = world.plan.bucket.stripsCrc ? 1 : 0
      if (spent >= options.attempts + more) {
        world.violate('11 retries', `part ${sent.partNumber} is sent after ${spent} failures`)
      }
    },
    onSettled(sent) {
      if (sent.operation !== 'UploadPart') return
      const name = nameOf(sent)
      const code = isOssupError(sent.error) ? sent.error.code : sent.code
      const isOffline = code === 'CONNECT_FAILED'
      if (sent.status === 200 && harmless.has(sent.fault)) failures.delete(name)
      else if (!isOffline && !free.has(code ?? '')) {
        failures.set(name, (failures.get(name) ?? 0) + 1)
      }
    },
    // A new round is a new plan of parts.
    onEvent(process, event) {
      if (event.type === 'round') forget(process)
    },
    onSnapshot({ number, options }, { partsInFlight }) {
      if (partsInFlight <= limitOf(options)) return
      world.violate('14 concurrency', `process ${number} shows ${partsInFlight} parts in flight`)
    },
    onRecords(process, records) {
      // A part that is given up is another one the next time.
      for (const { t } of records) {
        if (t === 'drop' || t === 'source') forget(process)
      }
    },
  }
}

function limitOf({ concurrency }: RunOptions): number {
  return concurrency === 'auto' ? autoConcurrency.max : concurrency
}

function nameOf({ by, uploadId, partNumber }: Sent): string {
  return `${by}/${uploadId}/${partNumber}`
}
