// The calls that look at files and read them, all by the thread pool: a disk that has to be waited for never
// stops the event loop of the program that uploads.

import { type BigIntStats, close, constants, fstat, lstat, open, read, stat } from 'node:fs'
import { promisify } from 'node:util'
import { withDescriptor } from '../platform/descriptors.ts'

// Without O_NONBLOCK the open of a FIFO waits for a writer. Regular files ignore the flag.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

const openLater = promisify(open)
const statOpenLater = promisify(fstat)
const statLater = promisify(stat)
const lstatLater = promisify(lstat)

/** Opens a file for reading and resolves to its descriptor. Waits while no descriptor is left. */
export function openToRead(path: string): Promise<number> {
  return withDescriptor(() => openLater(path, flags))
}

export function lookAtOpen(fd: number): Promise<BigIntStats> {
  return statOpenLater(fd, { bigint: true })
}

/** Follows links. */
export function lookAt(path: string): Promise<BigIntStats> {
  return statLater(path, { bigint: true })
}

/** Does not follow links. */
export function lookAtName(path: string): Promise<BigIntStats> {
  return lstatLater(path, { bigint: true })
}

/** By callback: a promise of Node's own costs more than a small read. */
export function readAt(fd: number, into: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, into, 0, into.length, position, (error, count) => {
      if (error === null) resolve(count)
      else reject(error)
    })
  })
}

export const closeFile = promisify(close)
