// Classifies errors of system calls by their code.

import { codeOf } from '../../../foreign/error.ts'

export function hasCode(error: unknown, code: string): boolean {
  return codeOf(error) === code
}

/** True if the file, or the folder that should contain it, does not exist. */
export function isNowhere(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')
}
