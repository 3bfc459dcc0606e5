import { randomInt } from 'node:crypto'
import type { Random } from '../../../ports.ts'

const steps = 2 ** 48 - 1

/**
 * Random numbers from the system's secure generator, because other users must not guess the names made from
 * them.
 */
export const nodeRandom: Random = { next: () => randomInt(steps) / steps }
