// The folder of the checkpoints, for every command that uses it.

import { defined } from './defined.ts'
import { type FlagValues, path, toggle } from './flags.ts'

export const checkpointFlags = {
  'checkpoint-dir': path('<dir>', 'folder of the checkpoints; default: ~/.ossup/checkpoints'),
  'trust-checkpoint-dir': toggle('also use checkpoints that other users own or may write'),
}

/** The options behind the flags. */
export function checkpointPlace(flags: FlagValues<typeof checkpointFlags>) {
  return defined({
    checkpointDir: flags['checkpoint-dir'],
    trustCheckpointDir: flags['trust-checkpoint-dir'] || undefined,
  })
}
