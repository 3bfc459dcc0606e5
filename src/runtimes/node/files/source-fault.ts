// Turns errors of file operations into errors of a source.

import { isOssupError, SourceError } from '../../../errors.ts'
import { codeOf, isError } from '../../../foreign/error.ts'
import { descriptorsHint, isOutOfDescriptors } from '../platform/descriptors.ts'

export function notAFile(path: string, what: string): SourceError {
  return new SourceError('SOURCE_NOT_A_FILE', `${path} is ${what}`, {
    hint: 'Give the path of a regular file',
  })
}

/** The error to report for an error from opening, reading or inspecting a source. */
export function sourceFault(error: unknown, path: string): unknown {
  if (isOssupError(error) || !isError(error)) return error
  const code = codeOf(error)
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      if (looksLikeContent(path)) return contentAsPath(path)
      return new SourceError('SOURCE_MISSING', `There is no file ${path}`, {
        hint: path.includes('\ufffd') ? notUnicode : 'Check the path',
        cause: error,
      })
    case 'EISDIR':
      return notAFile(path, 'a directory')
    case 'ENXIO':
    case 'ENODEV':
      return notAFile(path, 'no plain file')
    default:
      return unreadable(path, code, error)
  }
}

/** Node.js and shells replace bytes that are no UTF-8 by U+FFFD. */
const notUnicode =
  'Check the path. It has U+FFFD in it: a file whose name is not UTF-8 must be renamed first'

/** Some callers pass the content instead of a path. Content must not appear in a message or a log. */
function looksLikeContent(path: string): boolean {
  return path.length > 1024 || /[\r\n]|(?:^|[/\\])\s*(?:\{\s*"|\[\s*[{"]|<[?!a-z])/i.test(path)
}

function contentAsPath(path: string): SourceError {
  return new SourceError(
    'SOURCE_MISSING',
    `There is no file of the given path, a string of ${path.length} characters`,
    { hint: 'A string is the path of a file. For content give new TextEncoder().encode(text)' },
  )
}

const hints: Readonly<Record<string, string>> = {
  EACCES: 'Grant this user the right to read it',
  EPERM: 'Grant this user the right to read it',
  ELOOP: 'A symbolic link leads back to itself: give another path',
}

export function unreadable(path: string, code: string | undefined, cause?: Error): SourceError {
  return new SourceError('SOURCE_UNREADABLE', `${path} cannot be read (${code})`, {
    hint: isOutOfDescriptors(cause)
      ? descriptorsHint
      : (hints[code ?? ''] ?? 'Check the disk or the network that it lies on, then run it again'),
    ...(cause !== undefined && { cause }),
  })
}
