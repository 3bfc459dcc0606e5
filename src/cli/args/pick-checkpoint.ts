import type { CheckpointInfo, CheckpointList } from '../../runtimes/node/index.ts'
import { UsageError } from './usage-error.ts'

/** The part of an id that is shown. It is long enough to be unique. */
export function shortId({ id }: { readonly id: string }): string {
  return id.slice(0, 10)
}

/**
 * Finds the checkpoint whose id starts with the prefix.
 * @throws {UsageError} if no id matches, or more than one; otherwise the error of a checkpoint that cannot be
 * read
 */
export function pickCheckpoint(
  { checkpoints, unreadable }: CheckpointList,
  prefix: string,
): CheckpointInfo {
  const isMeant = ({ id }: { readonly id: string }) => prefix !== '' && id.startsWith(prefix)
  const found = checkpoints.filter(isMeant)
  const damaged = unreadable.filter(isMeant)
  if (found.length + damaged.length > 1) {
    throw new UsageError(`more than one id begins with '${prefix}'`, 'Write more of it.')
  }
  if (damaged[0] !== undefined) throw damaged[0].error
  if (found[0] !== undefined) return found[0]
  if (prefix.startsWith('oss://')) {
    throw new UsageError(
      `'${prefix}' is an address; an upload is named by its id`,
      `ossup status ${prefix} shows the ids of unfinished uploads there.`,
    )
  }
  throw new UsageError(
    `there is no unfinished upload with the id '${prefix}'`,
    'ossup status shows the ids. Another folder is named with --checkpoint-dir.',
  )
}
