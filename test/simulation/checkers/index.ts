// Every rule of the contract that the engine implements, each with the checker that holds it to it.

import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'
import { adopting } from './adopting.ts'
import { completeOnce } from './complete-once.ts'
import { endings } from './endings.ts'
import { initiateOnce } from './initiate-once.ts'
import { journalTruth } from './journal-truth.ts'
import { nothingLeft } from './nothing-left.ts'
import { overwriting } from './overwriting.ts'
import { progress } from './progress.ts'
import { resending } from './resending.ts'
import { rightBytes } from './right-bytes.ts'
import { traffic } from './traffic.ts'

export const allCheckers: readonly ((world: World) => Checker)[] = [
  resending,
  rightBytes,
  completeOnce,
  overwriting,
  journalTruth,
  initiateOnce,
  nothingLeft,
  traffic,
  adopting,
  progress,
  endings,
]
