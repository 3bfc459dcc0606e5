import { TargetError } from '../errors.ts'

/**
 * What a file is called that is named after its key: what follows the last slash. A key is any bytes;
 * what would lead elsewhere, or cannot be a name, is refused rather than changed.
 * @param isWindows there more characters are not allowed, and some of them lead elsewhere
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

/** Separators, streams and wildcards; device names, with any extension; what Windows cuts off at the end. */
const unsafeOnWindows = /[<>:"/\\|?*\x01-\x1f]|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|[. ]$/i
