// A story as a seed draws it: acts, each with what happens before it, the processes that run in it, and what
// happens to the file, the processes and the server meanwhile.

import type { FaultRule } from '../../src/server/index.ts'
import { Dice } from '../simulation/random.ts'
import { type Damage, damageKinds } from './damage.ts'
import { type Edit, editKinds } from './edits.ts'
import { drawFaults } from './server-faults.ts'

/** When something happens, by the clock or by what a process has reported. */
export type Moment =
  | { readonly afterMs: number }
  | { readonly event: string; readonly count: number; readonly delayMs: number }

/** How a process is disturbed. */
export type Blow = 'SIGKILL' | 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'a pause'

export interface ProcessPlan {
  /** Of the first process of the act. @default at once */
  readonly starts?: Moment
  readonly metadata: string
  readonly contentType: string
  readonly flags: readonly string[]
  readonly blow?: { readonly at: Moment; readonly what: Blow }
}

export interface Act {
  readonly damage?: Damage
  /** Another program aborts all uploads of the bucket. */
  readonly aborts: boolean
  readonly edits: readonly Edit[]
  /** After the edits: timestamps settle. */
  readonly pauseMs: number
  readonly faults: readonly FaultRule[]
  readonly processes: readonly ProcessPlan[]
  readonly meanwhile: readonly { readonly at: Moment; readonly edit: Edit }[]
}

export interface StoryPlan {
  readonly size: number
  readonly contentSeed: number
  readonly acts: readonly Act[]
  /** Nothing disturbs it, so it has to succeed. */
  readonly last: ProcessPlan
}

const KiB = 1024

export function drawStory(seed: number): StoryPlan {
  const dice = new Dice(seed, 'story')
  const wishes = new Wishes(dice)
  const acts = Array.from({ length: dice.whole(2, 4) }, () => drawAct(dice, wishes))
  const plan = { size: drawSize(dice), contentSeed: dice.whole(0, 2 ** 31), acts }
  return { ...plan, last: drawProcess(dice, wishes) }
}

/** The metadata that a process asks for: they change from time to time. */
class Wishes {
  readonly #dice: Dice
  #count = 1
  #contentType = 'application/x-story'

  constructor(dice: Dice) {
    this.#dice = dice
  }

  next(): { metadata: string; contentType: string } {
    if (this.#dice.chance(0.3)) this.#count++
    if (this.#dice.chance(0.1)) this.#contentType = `application/x-story-${this.#count}`
    return { metadata: `wish-${this.#count}`, contentType: this.#contentType }
  }
}

function drawSize(dice: Dice): number {
  if (dice.chance(0.05)) return dice.whole(0, 2)
  const size = Math.round(dice.log(80 * KiB, 2500 * KiB))
  return dice.chance(0.2) ? Math.ceil(size / (100 * KiB)) * 100 * KiB : size
}

function drawAct(dice: Dice, wishes: Wishes): Act {
  const damage = { kind: dice.pick(damageKinds), at: dice.next() }
  return {
    ...(dice.chance(0.4) && { damage }),
    aborts: dice.chance(0.2),
    edits: drawList(dice, [0.5, 0.35, 0.15], () => drawEdit(dice)),
    pauseMs: dice.chance(0.08) ? 2100 : 0,
    faults: drawFaults(dice),
    processes: [
      drawProcess(dice, wishes, 0.85),
      ...drawList(dice, [0.7, 0.2, 0.1], () => ({
        starts: drawMoment(dice),
        ...drawProcess(dice, wishes, 0.3),
      })),
    ],
    meanwhile: drawList(dice, [0.4, 0.3, 0.2, 0.1], () => ({
      at: drawMoment(dice),
      edit: drawEdit(dice),
    })),
  }
}

/** @param shares how likely each length is, from 0 on */
function drawList<Item>(dice: Dice, shares: readonly number[], draw: () => Item): Item[] {
  let rest = dice.next()
  const length = shares.findIndex(share => (rest -= share) < 0)
  return Array.from({ length: Math.max(0, length) }, draw)
}

function drawProcess(dice: Dice, wishes: Wishes, blowShare = 0): ProcessPlan {
  const partSize = dice.pick(['100KiB', '100KiB', '128KiB', '200KiB', '512KiB', 'auto'])
  const threshold = dice.pick(['100KiB', '100KiB', '100KiB', '300KiB', '1MiB'])
  const concurrency = dice.pick(['1', '2', '2', '4', 'auto'])
  const flags = ['--part-size', partSize, '--multipart-threshold', threshold]
  flags.push('--concurrency', concurrency)
  if (dice.chance(0.15)) flags.push('--verify')
  if (dice.chance(0.35)) flags.push('--resend')
  if (dice.chance(0.4)) flags.push('--wait')
  const blow = { at: drawMoment(dice), what: drawBlow(dice) }
  return { ...wishes.next(), flags, ...(dice.chance(blowShare) && { blow }) }
}

function drawBlow(dice: Dice): Blow {
  return dice.chance(0.7) ? 'SIGKILL' : dice.pick(['SIGINT', 'SIGTERM', 'SIGHUP', 'a pause'])
}

function drawMoment(dice: Dice): Moment {
  if (dice.chance(0.15)) return { afterMs: dice.whole(100, 600) }
  const event = dice.pick(['begin', 'started', 'part', 'part', 'part', 'part', 'completing'])
  const count = event === 'part' ? Math.ceil(dice.log(1, 8)) : 1
  return { event, count, delayMs: dice.chance(0.5) ? 0 : dice.whole(1, 60) }
}

function drawEdit(dice: Dice): Edit {
  const size = Math.ceil(dice.log(1, 300 * KiB))
  const seed = dice.whole(0, 2 ** 31)
  return { kind: dice.pick(editKinds), at: dice.next(), size, seed }
}
