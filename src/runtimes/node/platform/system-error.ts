// Errors of system calls, by their code. They may come from another realm (Jest, vm), so they are known by
// what they carry and not by their class.

/** The code of a system error, as `ENOENT`; `undefined` for any other value. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function hasCode(error: unknown, code: string): boolean {
  return codeOf(error) === code
}

/** The file does not exist, nor perhaps the folder that it should be in. */
export function isNowhere(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')
}
