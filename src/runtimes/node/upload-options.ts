// The upload options that exist only on Node.js.

import type { UploadOptions as CoreUploadOptions } from '../../options/upload-options.ts'
import type { RulesOf } from '../../validation/check-options.ts'
import { folderPath, trueOrFalse } from '../../validation/rules.ts'

/** The folder of the checkpoints. */
export interface CheckpointFolder {
  /**
   * The folder of the checkpoint files. It is created when it is first needed.
   * @default `~/.ossup/checkpoints`
   */
  checkpointDir?: string | undefined
  /**
   * Also trusts checkpoints, lists of stored objects and spool files that another user owns or can write, as
   * on a volume that a group shares. A user who can write them decides which file is sent where.
   * @default false: they are refused (`JOURNAL_UNTRUSTED`)
   */
  trustCheckpointDir?: boolean | undefined
}

/** The upload options of Node.js. */
export interface NodeUploadOptions extends CheckpointFolder {
  /**
   * Writes a stream to a file in this folder first, uploads the file, and then removes it. The upload can then
   * resume without the stream (`resumeCheckpoint`), and the stream can have any length. The file takes as
   * much disk space as the stream has bytes. Other sources are not affected.
   * @default none: a stream is sent while it is read
   * @throws {OptionError} `INVALID_SPOOL_DIR`; {SourceError} `SPOOL_FAILED` if the disk is full
   */
  spoolDir?: string | undefined
}

/** The rules for the options of Node.js. */
export const nodeRules = {
  checkpointDir: folderPath,
  trustCheckpointDir: trueOrFalse,
  spoolDir: folderPath,
} satisfies RulesOf<NodeUploadOptions>

/** Options of an upload. All of them are optional. */
export interface UploadOptions extends CoreUploadOptions, NodeUploadOptions {}

/** Options that say where checkpoints are kept: a folder, or any other store. */
export type CheckpointPlace = Pick<UploadOptions, 'checkpoint'> & CheckpointFolder
