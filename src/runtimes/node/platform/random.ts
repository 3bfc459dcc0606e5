import { randomInt } from 'node:crypto'
import type { Random } from '../../../ports.ts'

const steps = 2 ** 48 - 1

/** From the system's generator, since some of what is made of it must not be guessed by others. */
export const nodeRandom: Random = { next: () => randomInt(steps) / steps }
