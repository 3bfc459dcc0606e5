// The plan of a seed: the file, the options, the runs, and their faults. Swarm: each seed
// draws a subset of the faults, each with its own rate, so that rare combinations come up as such.

import { choose, type Unconfirmed } from '../../src/server/rules/unconfirmed.ts'
import { Dice } from './random.ts'
import { partSizeMin } from './small-limits.ts'
import {
  addVariations,
  plainRun,
  type Variation,
  type VariedRun,
  type variedIncidents,
} from './variation.ts'

/** What may befall a request. `docs/` of the transport port say what the sender sees. */
export const networkFaults = [
  'unsent',
  'request-lost',
  'answer-lost',
  'error-before',
  'error-after',
  'throttled',
  'stalled',
  'reset',
  'late',
  'duplicated',
  'body-corrupted',
  'answer-garbage',
  'answer-cut',
  'list-stale',
] as const
export type NetworkFault = (typeof networkFaults)[number]

/** What happens beside the requests, at a moment of a run. */
export const incidents = [
  'kill',
  'power-cut',
  'stop',
  'edit',
  'delete-source',
  'other-writer',
  'abort-by-other',
  'second-owner',
  'clock-jump',
  'offline',
  'disk-full',
  'disk-error',
] as const
export type Incident = (typeof incidents)[number] | (typeof variedIncidents)[number]

export const operations = [
  'PutObject',
  'InitiateMultipartUpload',
  'UploadPart',
  'ListParts',
  'ListMultipartUploads',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'HeadObject',
] as const
/** Faults strike the operations above. The last one came later, and the stories of seeds stay as they are. */
export type Operation = (typeof operations)[number] | 'GetBucketVersioning'

export interface FaultRate {
  readonly fault: NetworkFault
  /** Per request of these operations. */
  readonly rate: number
  readonly operations: readonly Operation[]
}

/** Options of one run that another run of the same upload may have otherwise. */
export interface RunOptions {
  readonly partSize: number | 'auto'
  readonly multipartThreshold: number
  readonly concurrency: number | 'auto'
  readonly checkpoint: boolean
  readonly forbidOverwrite: boolean
  readonly verify: 'auto' | 'always'
  readonly metadata: string
  readonly attempts: number
  readonly offlineTimeoutMs: number
  readonly bandwidth: number | undefined
  readonly wait: boolean
  readonly adopt: boolean | 'force'
}

export interface PlannedRun {
  readonly options: RunOptions
  /** At the given call of a port of this run, counted from 1. */
  readonly incidents: readonly { readonly at: number; readonly what: Incident }[]
  /** Before the next run. */
  readonly pauseMs: number
  readonly variation: VariedRun
}

/** What the bucket does to overwriting, beside its objects. */
export interface BucketKind {
  readonly versioning: 'Enabled' | 'Suspended' | undefined
  /** A rule forbids to overwrite. */
  readonly forbids: boolean
  /** An equal object with other metadata is stored just before the story begins. */
  readonly hasTwin: boolean
  /** A proxy removes the CRC-64 from the answers to what stores something. */
  readonly stripsCrc: boolean
}

export type Denied =
  | 'oss:GetBucketVersioning'
  | 'oss:ListParts'
  | 'oss:GetObject'
  | 'oss:AbortMultipartUpload'
  | 'oss:ListMultipartUploads'

export interface Plan {
  readonly seed: number
  readonly size: number
  readonly variation: Variation
  /** Milliseconds of a file's stamps. */
  readonly stampGrainMs: number
  readonly hasInode: boolean
  readonly runs: readonly PlannedRun[]
  readonly lastOptions: RunOptions
  readonly faults: readonly FaultRate[]
  readonly denied: readonly Denied[]
  readonly bucket: BucketKind
  /** `broken`: two owners get the same journal. `stolen`: the second takes it over from the first. */
  readonly lock: 'sound' | 'broken' | 'stolen'
  /** A second owner works on another machine, with checkpoints of its own. */
  readonly elsewhere: boolean
  /** Milliseconds that a token lives; undefined for credentials that never end. */
  readonly tokenLifeMs: number | undefined
  readonly clockOffsetMs: number
  readonly latencyMs: number
  readonly completeMs: number
  readonly lateMaxMs: number
  readonly unconfirmed: Unconfirmed
}

const denials: readonly Denied[] = [
  'oss:ListParts',
  'oss:GetObject',
  'oss:AbortMultipartUpload',
  'oss:ListMultipartUploads',
]

export function drawPlan(seed: number): Plan {
  const dice = new Dice(seed, 'plan')
  const swarm = new Dice(seed, 'swarm')
  const size = drawSize(dice)
  const base = drawOptions(dice, size)
  const chosen = drawIncidents(new Dice(seed, 'incidents'))
  const count = dice.pick([1, 1, 2, 2, 3, 4, 6])
  const runs = Array.from({ length: count }, () => drawRun(dice, chosen, base, size))
  const lastOptions = { ...(runs.at(-1)?.options ?? base), checkpoint: true }
  const isPacketLossy = swarm.chance(0.75)
  const kinds = new Dice(seed, 'bucket')
  const bucket = drawBucket(kinds)
  return {
    seed,
    size,
    stampGrainMs: dice.pick([0.001, 10, 1000, 2000]),
    hasInode: dice.chance(0.8),
    ...addVariations(new Dice(seed, 'wide'), size, { runs, lastOptions }),
    faults: isPacketLossy ? drawFaults(swarm) : [],
    denied: [
      ...denials.filter(() => swarm.chance(0.08)),
      ...(kinds.chance(0.5) ? (['oss:GetBucketVersioning'] as const) : []),
    ],
    bucket,
    lock: dice.pick(['sound', 'sound', 'sound', 'broken', 'stolen']),
    elsewhere: dice.chance(0.3),
    tokenLifeMs: swarm.chance(0.2) ? Math.round(dice.log(2000, 3_600_000)) : undefined,
    clockOffsetMs: swarm.chance(0.15) ? Math.round((dice.next() - 0.5) * 2 * 86_400_000) : 0,
    latencyMs: Math.round(dice.log(1, 400)),
    completeMs: swarm.chance(0.2) ? dice.whole(100, 24_000) : 0,
    lateMaxMs: dice.pick([1000, 30_000, 60_000]),
    unconfirmed: choose(choices => (swarm.chance(0.7) ? choices[0] : swarm.pick(choices))),
  }
}

function drawBucket(dice: Dice): BucketKind {
  const kind = dice.next()
  return {
    versioning: kind < 0.08 ? 'Enabled' : kind < 0.12 ? 'Suspended' : undefined,
    forbids: dice.chance(0.08),
    hasTwin: dice.chance(0.08),
    stripsCrc: dice.chance(0.06),
  }
}

function drawSize(dice: Dice): number {
  const kind = dice.next()
  if (kind < 0.04) return dice.whole(0, 1)
  if (kind < 0.12) return dice.whole(2, 2 * partSizeMin)
  return kind < 0.9 ? Math.round(dice.log(200, 1600)) : Math.round(dice.log(1600, 6000))
}

function drawOptions(dice: Dice, size: number): RunOptions {
  return {
    partSize: Math.round(dice.log(partSizeMin, 4 * partSizeMin)),
    // Most uploads are in parts; some files have a size near the threshold, on either side.
    multipartThreshold: dice.chance(0.75) ? 0 : dice.whole(0, Math.max(1, Math.round(size * 1.3))),
    concurrency: dice.pick([1, 2, 3, 4, 8]),
    checkpoint: dice.chance(0.94),
    forbidOverwrite: dice.chance(0.15),
    verify: dice.chance(0.85) ? 'auto' : 'always',
    metadata: 'first',
    attempts: dice.pick([1, 3, 8, 8, 8]),
    offlineTimeoutMs: dice.pick([0, 60_000, 900_000]),
    bandwidth: dice.chance(0.05) ? 1024 : undefined,
    wait: dice.chance(0.2),
    adopt: false,
  }
}

function drawIncidents(dice: Dice): readonly Incident[] {
  return incidents.filter(what => {
    const isCommon = what === 'kill' || what === 'edit'
    return dice.chance(isCommon ? 0.35 : 0.12)
  })
}

function drawRun(
  dice: Dice,
  chosen: readonly Incident[],
  base: RunOptions,
  size: number,
): PlannedRun {
  const drawn = chosen
    .filter(() => dice.chance(0.7))
    .map(what => ({ at: Math.round(dice.log(1, 40 + size / 8)), what }))
  return {
    options: dice.chance(0.75) ? base : vary(dice, base, size),
    incidents: drawn.sort((a, b) => a.at - b.at),
    pauseMs: dice.chance(0.1) ? 86_400_000 : Math.round(dice.log(1, 600_000)),
    variation: plainRun,
  }
}

/** The user calls again, with one thing or the other changed. */
function vary(dice: Dice, base: RunOptions, size: number): RunOptions {
  const other = drawOptions(dice, size)
  const change = dice.pick(['partSize', 'concurrency', 'threshold', 'verify', 'metadata', 'all'])
  if (change === 'partSize') return { ...base, partSize: other.partSize }
  if (change === 'concurrency') return { ...base, concurrency: other.concurrency }
  if (change === 'threshold') return { ...base, multipartThreshold: other.multipartThreshold }
  if (change === 'verify') return { ...base, verify: other.verify }
  if (change === 'metadata') return { ...base, metadata: 'second' }
  return other
}

function drawFaults(dice: Dice): readonly FaultRate[] {
  return networkFaults
    .filter(() => dice.chance(0.2))
    .map(fault => {
      // Either everything suffers a little, or one operation a lot.
      const isFocused = dice.chance(0.4)
      return {
        fault,
        rate: isFocused ? dice.log(0.1, 0.9) : dice.log(0.01, 0.3),
        operations: isFocused ? [dice.pick(operations)] : operations,
      }
    })
}
