// Rule 13: shown bytes never fall within a round, add up, and end when the promise settles.

import type { ProgressSnapshot } from '../../../src/progress/snapshot.ts'
import type { SimulatedProcess } from '../process.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

export function progress(world: World): Checker {
  const last = new Map<number, ProgressSnapshot>()
  const sentBytes = new Map<number, number>()
  const complain = ({ name }: SimulatedProcess, what: string) =>
    world.violate('13 progress', `${name}: ${what}`)
  return {
    onSettled({ by, operation, sentBytes: sent }) {
      if (operation !== 'UploadPart' && operation !== 'PutObject') return
      sentBytes.set(by, (sentBytes.get(by) ?? 0) + sent)
    },
    onSnapshot(process, snapshot) {
      if (process.ending !== undefined) {
        if (process.ending.kind !== 'crashed') complain(process, 'called after it has settled')
        return
      }
      const before = last.get(process.number)
      last.set(process.number, snapshot)
      const { confirmedBytes, totalBytes, round, resumedBytes } = snapshot
      if (totalBytes !== undefined && confirmedBytes > totalBytes) {
        complain(process, `${confirmedBytes} of ${totalBytes} bytes are confirmed`)
      }
      if (resumedBytes > confirmedBytes && round === 1) {
        complain(process, `${resumedBytes} bytes are resumed, ${confirmedBytes} confirmed`)
      }
      if (before === undefined) return
      if (round < before.round || snapshot.sentBytes < before.sentBytes) {
        complain(process, 'rounds or sent bytes run backwards')
      }
      if (round === before.round && confirmedBytes < before.confirmedBytes) {
        complain(process, `confirmed bytes fall from ${before.confirmedBytes} to ${confirmedBytes}`)
      }
    },
    onEnding(process, ending) {
      if (ending.kind !== 'stored') return
      const { result } = ending
      const sent = sentBytes.get(process.number) ?? 0
      if (result.sentBytes !== sent) {
        complain(process, `says it sent ${result.sentBytes} bytes, and sent ${sent}`)
      }
      const end = last.get(process.number)
      if (end?.phase !== 'done' || end.confirmedBytes !== result.size) {
        complain(process, `its last word is '${end?.phase}' with ${end?.confirmedBytes} bytes`)
      }
    },
  }
}
