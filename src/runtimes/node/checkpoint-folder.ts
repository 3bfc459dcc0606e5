// The folder that keeps checkpoints, and those that oss2 (OSS's Python SDK V1) may have left records in.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { OptionError } from '../../errors.ts'
import { choice } from '../../options/option-checks.ts'
import { shown } from '../../text/shown.ts'
import type { Oss2Root } from './journal/oss2-record.ts'
import type { Trust } from './platform/trusted-file.ts'
import type { CheckpointFolder } from './upload-options.ts'

/** @throws {OptionError} `INVALID_CHECKPOINT_DIR` */
export function checkpointFolder({ checkpointDir }: CheckpointFolder): string {
  if (checkpointDir === undefined) return join(homedir(), '.ossup', 'checkpoints')
  if (typeof checkpointDir === 'string' && checkpointDir !== '') return checkpointDir
  throw new OptionError('INVALID_CHECKPOINT_DIR', `checkpointDir is ${shown(checkpointDir)}`, {
    hint: 'Allowed: the path of a folder',
  })
}

/** Which files in it count. */
export function trustOf({ trustCheckpointDir }: CheckpointFolder): Trust {
  return { ofOthers: choice('trustCheckpointDir', trustCheckpointDir, [true, false]) ?? false }
}

/** The folders that oss2 may have kept its record of an upload in. */
export function oss2Roots(options: CheckpointFolder): Oss2Root[] {
  const { checkpointDir } = options
  const home = { path: homedir(), trust: { ofOthers: false } }
  if (checkpointDir === undefined) return [home]
  return [{ path: checkpointDir, trust: trustOf(options) }, home]
}
