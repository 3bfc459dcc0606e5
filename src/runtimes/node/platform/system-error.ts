// Errors of system calls, by their code.

import { codeOf } from '../../../foreign/error.ts'

export function hasCode(error: unknown, code: string): boolean {
  return codeOf(error) === code
}

/** The file does not exist, nor perhaps the folder that it should be in. */
export function isNowhere(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')
}
