import { randomInt } from 'node:crypto'
import type { Random } from '../../../ports.ts'

const steps = 2 ** 48 - 1

/** From the system's generator, because others must not guess the names that are made from it. */
export const nodeRandom: Random = { next: () => randomInt(steps) / steps }
