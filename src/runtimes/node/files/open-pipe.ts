// A FIFO as a stream. Its open, and each read, would keep a thread of the pool waiting for a writer, and
// a process does not end while one of its threads waits in the kernel.

import { constants, createReadStream, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { SourceError } from '../../../errors.ts'
import { codeOf } from '../../../foreign/error.ts'

/**
 * Opens a FIFO at once, whether or not anybody writes to it. It ends when its last writer is gone.
 * @throws {SourceError} `SOURCE_UNREADABLE`
 */
export function openPipe(path: string): Readable {
  // Only Linux tells a FIFO that nobody has written to yet from one that has ended.
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
  // The event loop waits for its bytes, as for those of a connection.
  return new Socket({ fd, readable: true, writable: false })
}
