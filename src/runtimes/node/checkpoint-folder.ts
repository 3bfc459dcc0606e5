// The folder that keeps checkpoints, and those that oss2 (OSS's Python SDK V1) may have left records in.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { OptionError } from '../../errors.ts'
import { shown } from '../../text/shown.ts'
import type { CheckpointFolder } from './upload-options.ts'

/** @throws {OptionError} `INVALID_CHECKPOINT_DIR` */
export function checkpointFolder({ checkpointDir }: CheckpointFolder): string {
  if (checkpointDir === undefined) return join(homedir(), '.ossup', 'checkpoints')
  if (typeof checkpointDir === 'string' && checkpointDir !== '') return checkpointDir
  throw new OptionError('INVALID_CHECKPOINT_DIR', `checkpointDir is ${shown(checkpointDir)}`, {
    hint: 'Allowed: the path of a folder',
  })
}

export function oss2Roots({ checkpointDir }: CheckpointFolder): string[] {
  return [...(checkpointDir === undefined ? [] : [checkpointDir]), homedir()]
}
