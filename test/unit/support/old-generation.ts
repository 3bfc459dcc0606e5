import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void

/**
 * How many bytes each round leaves in V8's old generation until a full collection, on average over a
 * stretch of rounds. V8 also keeps the code that it compiles, at times of its own choosing: a stretch that
 * left much is repeated, and the one that left least counts.
 */
export async function keptByRound(round: () => unknown): Promise<number> {
  // What lives long is old before it is measured.
  for (let n = 0; n < 100; n++) await round()
  let least = Number.POSITIVE_INFINITY
  for (let stretch = 0; stretch < 4 && least >= ballastSize / 2; stretch++) {
    least = Math.min(least, await keptOver(500, round))
  }
  return least
}

async function keptOver(rounds: number, round: () => unknown): Promise<number> {
  collect()
  const before = oldGeneration()
  for (let n = 1; n <= rounds; n++) {
    await round()
    if (n % 20 === 0) collect({ type: 'minor' })
  }
  return (oldGeneration() - before) / rounds
}

/** Something to be seen there. */
export const ballast = () => new Array<number>(250).fill(0)
export const ballastSize = 2000

function oldGeneration(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')
  return space?.space_used_size ?? Number.NaN
}
