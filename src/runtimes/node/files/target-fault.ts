// Turns errors of writing to a file into errors with a hint.

import { isOssupError, TargetError } from '../../../errors.ts'
import { codeOf, isError } from '../../../foreign/error.ts'
import { descriptorsHint, isOutOfDescriptors } from '../platform/descriptors.ts'

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room there, or write elsewhere',
  EDQUOT: 'Make room there, or write elsewhere',
  EFBIG: 'The file system, or a limit of this user, allows no file of that size: write elsewhere',
  EACCES: 'Grant this user the right to write there, or write elsewhere',
  EPERM: 'Grant this user the right to write there, or write elsewhere',
  EROFS: 'Nothing can be written there: write elsewhere',
  ENAMETOOLONG: 'Give a shorter path',
  ELOOP: 'A symbolic link leads back to itself: name another file',
  ENOENT: 'Make the folder first',
  ENOTDIR: 'Check the path: what should be a folder is a file',
}

/** The error to throw for a failed operation at this path. */
export function targetFault(error: unknown, path: string): unknown {
  if (isOssupError(error) || !isError(error)) return error
  const code = codeOf(error) ?? 'unknown'
  return new TargetError('TARGET_UNWRITABLE', `${path} cannot be written (${code})`, {
    hint: isOutOfDescriptors(error)
      ? descriptorsHint
      : (hints[code] ?? 'Check the disk or the network that it lies on'),
    cause: error,
  })
}
