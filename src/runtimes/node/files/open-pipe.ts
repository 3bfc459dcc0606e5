// A FIFO as a stream. Opening or reading a FIFO by ordinary calls would block a thread of Node's pool until a
// writer comes, and a process cannot end while one of its threads waits in the kernel.

import { constants, createReadStream, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { SourceError } from '../../../errors.ts'
import { codeOf } from '../../../foreign/error.ts'

/**
 * Opens a FIFO at once, even without a writer. The stream ends when the last writer closes the FIFO.
 * @throws {SourceError} `SOURCE_UNREADABLE`
 */
export function openPipe(path: string): Readable {
  // Only Linux distinguishes a FIFO without a first writer from a FIFO that has ended.
  if (process.platform !== 'linux') return createReadStream(path)
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const code = codeOf(error) ?? 'unknown'
    throw new SourceError('SOURCE_UNREADABLE', `${path} cannot be read (${code})`, {
      hint: 'Grant this user the right to read it',
      cause: error,
    })
  }
  // The event loop waits for the bytes, as it does for those of a network connection.
  return new Socket({ fd, readable: true, writable: false })
}
