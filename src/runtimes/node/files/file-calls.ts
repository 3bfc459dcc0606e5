// The calls that look at files and read them. All but `readAtOnce` use the thread pool, so a slow disk never stops the
// event loop of the program that uploads.

import {
  type BigIntStats,
  close,
  constants,
  fstat,
  lstat,
  open,
  read,
  readSync,
  stat,
} from 'node:fs'
import { promisify } from 'node:util'
import { withDescriptor } from '../platform/descriptors.ts'

// Without O_NONBLOCK, opening a FIFO waits for a writer. Regular files ignore the flag.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

const openLater = promisify(open)
const statOpenLater = promisify(fstat)
const statLater = promisify(stat)
const lstatLater = promisify(lstat)

/** Opens a file for reading and resolves to its descriptor. Waits while no descriptor is free. */
export function openToRead(path: string): Promise<number> {
  return withDescriptor(() => openLater(path, flags))
}

export function lookAtOpen(fd: number): Promise<BigIntStats> {
  return statOpenLater(fd, { bigint: true })
}

/** Reads the properties of a file. Follows links. */
export function lookAt(path: string): Promise<BigIntStats> {
  return statLater(path, { bigint: true })
}

/** Reads the properties of a file or link. Does not follow links. */
export function lookAtName(path: string): Promise<BigIntStats> {
  return lstatLater(path, { bigint: true })
}

/** Reads bytes. Uses Node's callback function, because Node's promise function costs more than a small read. */
export function readAt(fd: number, into: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, into, 0, into.length, position, (error, count) => {
      if (error === null) resolve(count)
      else reject(error)
    })
  })
}

/** Reads at once, without the thread pool: only where the event loop is ours. */
export function readAtOnce(fd: number, into: Uint8Array, position: number): number {
  return readSync(fd, into, 0, into.length, position)
}

export const closeFile = promisify(close)
