// The folder that keeps checkpoints, and those that oss2 (OSS's Python SDK V1) may have left records in.

import { homedir } from 'node:os'
import { join } from 'node:path'
import type { CheckpointFolder } from './upload-options.ts'

export function checkpointFolder({ checkpointDir }: CheckpointFolder): string {
  return checkpointDir ?? join(homedir(), '.ossup', 'checkpoints')
}

export function oss2Roots({ checkpointDir }: CheckpointFolder): string[] {
  return [...(checkpointDir === undefined ? [] : [checkpointDir]), homedir()]
}
