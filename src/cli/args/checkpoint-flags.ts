// The flags for the checkpoint folder. Every command that uses checkpoints has them.

import { defined } from './defined.ts'
import { type FlagValues, path, toggle } from './flags.ts'

export const checkpointFlags = {
  'checkpoint-dir': path('<dir>', 'folder of the checkpoints; default: ~/.ossup/checkpoints'),
  'trust-checkpoint-dir': toggle('also use checkpoints that other users own or may write'),
}

/** Turns the flags into options of the library. */
export function checkpointPlace(flags: FlagValues<typeof checkpointFlags>) {
  return defined({
    checkpointDir: flags['checkpoint-dir'],
    trustCheckpointDir: flags['trust-checkpoint-dir'] || undefined,
  })
}
