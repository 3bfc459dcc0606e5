// Moves a request's body to the connection. While one buffer is being written, the next one is filled.
// docs/internals/decisions/0001-byte-path.md explains why there are two buffers, their size and their memory.

import { OptionError } from '../../../errors.ts'
import { isBytes } from '../../../foreign/bytes.ts'
import { allocateHashable, freeHashable } from '../../../hash/crc64.ts'
import type { Body } from '../../../ports.ts'
import { shown } from '../../../text/shown.ts'

const bufferSizeMax = 512 * 1024

/**
 * Bytes of each of the two buffers of a body. If many bodies are sent at once, each is slow, so smaller buffers are
 * enough, and all buffers together take at most about 16 MiB (docs/internals/decisions/0004-auto.md).
 * @param bodies sent at the same time, this one included
 */
export function bufferSizeFor(bodies: number): number {
  if (bodies <= 16) return bufferSizeMax
  return bodies <= 32 ? bufferSizeMax / 2 : bufferSizeMax / 4
}

/** Takes the bytes of a body. */
export interface Outlet {
  /** False when the request has ended: then no more bytes are read or written. */
  readonly isOpen: boolean
  /** Resolves when the connection no longer uses the bytes, sent or not. */
  write(bytes: Uint8Array): Promise<void>
  /** Ends the request at once. */
  fail(error: unknown): void
}

/** Resolves when the connection no longer uses any byte of the body. An error of `read` goes to the outlet. */
export function sendBody(
  body: Uint8Array | Body,
  outlet: Outlet,
  bufferSize = bufferSizeMax,
): Promise<void> {
  return isBytes(body) ? sendBytes(body, outlet, bufferSize) : pump(body, outlet, bufferSize)
}

async function sendBytes(bytes: Uint8Array, outlet: Outlet, bufferSize: number): Promise<void> {
  const size = bytes.length
  for (let start = 0; start < size && outlet.isOpen; start += bufferSize) {
    if (bytes.length < size) return outlet.fail(memoryDetached())
    await outlet.write(bytes.subarray(start, start + bufferSize))
  }
}

function memoryDetached(): OptionError {
  return new OptionError(
    'INVALID_BODY',
    'The memory of the body was transferred or shrank while it was sent',
    {
      hint: 'Do not change or transfer the bytes until the request has ended',
    },
  )
}

async function pump(body: Body, outlet: Outlet, bufferSize: number): Promise<void> {
  const buffers: Uint8Array[] = []
  let written: Promise<void> | undefined
  try {
    for (let left = body.size, turn = 0; left > 0; turn ^= 1) {
      const buffer = buffers[turn] ?? allocateHashable(Math.min(bufferSize, left))
      buffers[turn] = buffer
      const reading = body.read(first(buffer, left))
      const count = typeof reading === 'number' ? reading : await reading
      if (!Number.isInteger(count) || count < 1 || count > left) {
        throw new OptionError(
          'INVALID_BODY',
          `read of a body of ${body.size} bytes gave ${shown(count)} with ${left} bytes to come`,
          { hint: 'Allowed: the number of bytes that it filled, at least 1' },
        )
      }
      if (written !== undefined) await written
      if (!outlet.isOpen) return
      written = outlet.write(first(buffer, count))
      left -= count
    }
  } catch (error) {
    // This comes first: while the connection is open, the last write may never end.
    outlet.fail(error)
  } finally {
    // The buffers are reused after this, so no write may still read from them.
    await written
    buffers.forEach(freeHashable)
  }
}

/** The first bytes of a buffer; the buffer itself if all of it is meant. */
function first(bytes: Uint8Array, count: number): Uint8Array {
  return bytes.length <= count ? bytes : bytes.subarray(0, count)
}
