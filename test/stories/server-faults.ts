import type { FaultRule } from '../../src/server/index.ts'
import type { Dice } from '../simulation/random.ts'

const bodies = ['UploadPart', 'PutObject']

/** What the network and OSS do to requests. A few times each: every command has to get through in the end. */
const misfits: readonly ((dice: Dice) => FaultRule)[] = [
  dice => ({ kind: 'error', rate: 0.1, times: dice.whole(1, 4) }),
  () => ({ kind: 'throttle', delayMs: 60, times: 2 }),
  dice => ({ kind: 'lose-answer', rate: 0.2, times: dice.whole(1, 3) }),
  () => ({ kind: 'lose-answer', times: 1, operations: ['CompleteMultipartUpload'] }),
  () => ({ kind: 'lose-answer', times: 1, operations: ['InitiateMultipartUpload'] }),
  () => ({ kind: 'lose-answer', times: 1, operations: ['AbortMultipartUpload'] }),
  () => ({ kind: 'lose-request', times: 2, rate: 0.3 }),
  () => ({ kind: 'reset-request', afterBytes: 30_000, rate: 0.2, times: 2, operations: bodies }),
  () => ({ kind: 'cut-answer', afterBytes: 20, rate: 0.2, times: 2 }),
  () => ({ kind: 'wrong-crc', rate: 0.3, times: 1, operations: bodies }),
  () => ({ kind: 'slow-answer', ms: 150, operations: ['CompleteMultipartUpload', 'PutObject'] }),
  () => ({ kind: 'slow-answer', ms: 80, operations: ['InitiateMultipartUpload'] }),
  () => ({
    kind: 'error',
    code: 'InternalError',
    times: 1,
    operations: ['ListParts', 'HeadObject'],
  }),
]

/** Nearly always parts take a while, so that something can happen between them. */
export function drawFaults(dice: Dice): readonly FaultRule[] {
  const ms = dice.whole(5, 60)
  const latency: FaultRule = { kind: 'latency', ms, spreadMs: 20, operations: bodies }
  const count = dice.pick([0, 0, 1, 1, 2])
  const others = Array.from({ length: count }, () => dice.pick(misfits)(dice))
  return dice.chance(0.9) ? [latency, ...others] : others
}
