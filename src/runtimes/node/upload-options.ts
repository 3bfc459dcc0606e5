// The options of an upload that only Node.js has.

import type { UploadOptions as CoreUploadOptions } from '../../options/upload-options.ts'
import type { RulesOf } from '../../validation/check-options.ts'
import { folderPath, trueOrFalse } from '../../validation/rules.ts'

/** The folder that keeps checkpoints. */
export interface CheckpointFolder {
  /**
   * The folder of the checkpoint files; made when it is first needed.
   * @default `~/.ossup/checkpoints`
   */
  checkpointDir?: string | undefined
  /**
   * Also uses checkpoints, lists of stored objects and spool files that another user owns or may write, as
   * on a volume that a group shares. A user who can write them decides which file is sent where.
   * @default false: they are refused (`JOURNAL_UNTRUSTED`)
   */
  trustCheckpointDir?: boolean | undefined
}

/** What only Node.js knows of. */
export interface NodeUploadOptions extends CheckpointFolder {
  /**
   * A stream is first written to a file in this folder, which is uploaded and then removed. So the upload
   * continues after any interruption without the stream (`resumeCheckpoint`), and a stream of any length
   * fits; it takes as much room as the stream has bytes. Sources that are no streams are not affected.
   * @default none: a stream is sent while it is read
   * @throws {OptionError} `INVALID_SPOOL_DIR`; {SourceError} `SPOOL_FAILED` if there is no room
   */
  spoolDir?: string | undefined
}

/** What each option of Node.js alone may be. */
export const nodeRules = {
  checkpointDir: folderPath,
  trustCheckpointDir: trueOrFalse,
  spoolDir: folderPath,
} satisfies RulesOf<NodeUploadOptions>

/** How an upload is done. All of them may be left out. */
export interface UploadOptions extends CoreUploadOptions, NodeUploadOptions {}

/** Where checkpoints are: a folder, or any other store. */
export type CheckpointPlace = Pick<UploadOptions, 'checkpoint'> & CheckpointFolder
