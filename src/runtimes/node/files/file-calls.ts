// The calls that look at files and read them, in two manners. By the thread pool nothing is waited for, but
// a small file costs less to send than these calls and the waking of threads for them. At once they
// cost a tenth, but a disk that has to be waited for stops everything else.

import {
  type BigIntStats,
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  lstat,
  lstatSync,
  open,
  openSync,
  read,
  readSync,
  stat,
  statSync,
} from 'node:fs'
import { promisify } from 'node:util'
import type { DiskPace } from './disk-pace.ts'

export interface FileCalls {
  /** For reading; gives the descriptor. */
  open(path: string): number | Promise<number>
  statOpen(fd: number): BigIntStats | Promise<BigIntStats>
  stat(path: string): BigIntStats | Promise<BigIntStats>
  lstat(path: string): BigIntStats | Promise<BigIntStats>
  read(fd: number, into: Uint8Array, position: number): number | Promise<number>
  close(fd: number): void | Promise<void>
}

/** A read of more takes its time even from memory. */
const readAtOnceMax = 128 * 1024

// Without O_NONBLOCK the open of a FIFO waits for a writer. Regular files ignore the flag.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

const openLater = promisify(open)
const statOpenLater = promisify(fstat)
const statLater = promisify(stat)
const lstatLater = promisify(lstat)
const closeLater = promisify(close)

export const byThreadPool: FileCalls = {
  open: path => openLater(path, flags),
  statOpen: fd => statOpenLater(fd, { bigint: true }),
  stat: path => statLater(path, { bigint: true }),
  lstat: path => lstatLater(path, { bigint: true }),
  /** By callback: a promise of Node's own costs more than a small read. */
  read: (fd, into, position) =>
    new Promise((resolve, reject) => {
      read(fd, into, 0, into.length, position, (error, count) => {
        if (error === null) resolve(count)
        else reject(error)
      })
    }),
  close: fd => closeLater(fd),
}

/**
 * For files of this machine's own disks. Whoever was looked at just now has its inode in memory, and is
 * opened, looked at again and closed at once. A first look and a read may have to wait for the disk:
 * they are made at once as long as that proves quick, which tells that all is in memory.
 */
export function atOnceIfQuick(pace: DiskPace): FileCalls {
  return {
    open: path => openSync(path, flags),
    statOpen: fd => fstatSync(fd, { bigint: true }),
    stat: path => statSync(path, { bigint: true }),
    lstat: path =>
      pace.isQuick()
        ? pace.timed(() => lstatSync(path, { bigint: true }))
        : byThreadPool.lstat(path),
    read: (fd, into, position) =>
      into.length <= readAtOnceMax && pace.isQuick()
        ? pace.timed(() => readSync(fd, into, 0, into.length, position))
        : byThreadPool.read(fd, into, position),
    close: fd => closeSync(fd),
  }
}
