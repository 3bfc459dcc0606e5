import { TargetError } from '../errors.ts'

/**
 * Returns the file name for a key: the part after the last slash. A key may hold any bytes. A name that leads to
 * another folder, or that is not allowed as a file name, is refused. It is not changed.
 * @param isWindows Windows allows fewer characters, and some of them lead to another folder
 * @throws {TargetError} `UNSAFE_NAME`
 */
export function lastNameOf(key: string, isWindows: boolean): string {
  const name = key.slice(key.lastIndexOf('/') + 1)
  const isUnsafe =
    name === '' ||
    name === '.' ||
    name === '..' ||
    name.includes('\0') ||
    (isWindows && unsafeOnWindows.test(name))
  if (!isUnsafe) return name
  throw new TargetError(
    'UNSAFE_NAME',
    `The key ends in ${JSON.stringify(name)}, which cannot be a file's name`,
    {
      key,
      hint: 'Give the path of the file to be made',
    },
  )
}

/**
 * Names that are unsafe on Windows: with separators, streams (`:`) or wildcards; device names with any extension;
 * names that end with a dot or blank, which Windows removes.
 */
const unsafeOnWindows = /[<>:"/\\|?*\x01-\x1f]|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|[. ]$/i
