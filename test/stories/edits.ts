// What people and programs do to a file, before and while it is uploaded.

import {
  chmodSync,
  closeSync,
  copyFileSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { contentOf } from './content.ts'
import type { WatchedFile } from './watched-file.ts'

export interface Edit {
  readonly kind: EditKind
  /** Where, as a share of the file: 0 to 1. */
  readonly at: number
  /** Bytes that are written. */
  readonly size: number
  /** Of the new bytes. */
  readonly seed: number
}

export type EditKind = keyof typeof kinds

type Make = (file: WatchedFile, edit: Edit, before: Buffer) => void | Promise<void>

const kinds = {
  'bytes are appended'(file, { size, seed }, before) {
    append(file, before, contentOf(size, seed))
  },
  'the end is cut off'(file, { at }, before) {
    const size = Math.floor(at * before.length)
    file.change(before.subarray(0, size), () => truncateSync(file.path, size))
  },
  'bytes are overwritten in place'(file, { at, size, seed }, before) {
    overwrite(file, before, at, contentOf(size, seed))
  },
  'bytes are overwritten in place, with the time restored'(file, { at, size, seed }, before) {
    const { atime, mtime } = statSync(file.path)
    overwrite(file, before, at, contentOf(size, seed))
    file.change(file.content, () => utimesSync(file.path, atime, mtime))
  },
  'another file is renamed to its name'(file, { size, seed }) {
    replace(file, contentOf(size * 4, seed))
  },
  'another file of its size and time is renamed to its name'(file, { seed }, before) {
    replace(file, contentOf(before.length, seed), true)
  },
  'a copy of it is renamed to its name'(file, _, before) {
    replace(file, before)
  },
  'it is touched'(file, _, before) {
    const now = new Date()
    file.change(before, () => utimesSync(file.path, now, now))
  },
  async 'it grows step by step'(file, { size, seed }) {
    for (let step = 0; step < 4; step++) {
      append(file, file.content ?? Buffer.alloc(0), contentOf(Math.ceil(size / 4), seed + step))
      await sleep(15)
    }
  },
  async 'it shrinks step by step'(file, { at }, before) {
    for (let step = 1; step <= 4; step++) {
      const size = Math.floor(before.length * (1 - ((1 - at) * step) / 4))
      file.change(before.subarray(0, size), () => truncateSync(file.path, size))
      await sleep(15)
    }
  },
  'it is deleted'(file) {
    file.change(undefined, () => rmSync(file.path))
  },
  async 'it is deleted and made again'(file, { size, seed }) {
    file.change(undefined, () => rmSync(file.path))
    await sleep(10)
    create(file, contentOf(size * 4, seed))
  },
  'a link to another file takes its place'(file, { seed }, before) {
    const target = beside(file, seed)
    const bytes = contentOf(before.length, seed)
    writeFileSync(target, bytes)
    symlinkSync(target, `${file.path}.link`)
    file.change(bytes, () => renameSync(`${file.path}.link`, file.path))
  },
  async 'it is made unreadable for a moment'(file, _, before) {
    const isSuperuser = process.getuid?.() === 0
    file.change(isSuperuser ? before : undefined, () => chmodSync(file.path, 0))
    await sleep(30)
    file.change(before, () => chmodSync(file.path, 0o644))
  },
  'its last byte changes'(file, { seed }, before) {
    if (before.length > 0) overwrite(file, before, 1, flipped(before, before.length - 1, seed))
  },
  'one byte near its start changes'(file, { seed }, before) {
    if (before.length > 0) overwrite(file, before, 0, flipped(before, 0, seed))
  },
  'it ends in a hole'(file, { size }, before) {
    const grown = Buffer.concat([before, Buffer.alloc(size)])
    file.change(grown, () => truncateSync(file.path, grown.length))
  },
  'another hard link takes its place'(file, { at, size, seed }, before) {
    const other = beside(file, seed)
    copyFileSync(file.path, other)
    file.change(undefined, () => unlinkSync(file.path))
    file.change(before, () => linkSync(other, file.path))
    // And it is written by that other name.
    overwrite(file, before, at, contentOf(size, seed), other)
  },
  'it is emptied and written again'(file, { size, seed }, before) {
    const bytes = Buffer.concat([contentOf(size, seed), before.subarray(0, before.length >> 1)])
    const fd = openSync(file.path, 'r+')
    file.change(Buffer.alloc(0), () => ftruncateSync(fd, 0))
    file.change(bytes, () => writeSync(fd, bytes))
    closeSync(fd)
  },
} satisfies Record<string, Make>

export const editKinds = Object.keys(kinds).filter((name): name is EditKind => name in kinds)

/** Makes an edit. If the file is missing, it is made again instead. */
export async function applyEdit(file: WatchedFile, edit: Edit): Promise<void> {
  const before = file.content
  if (before === undefined) create(file, contentOf(edit.size * 4, edit.seed))
  else await (kinds[edit.kind] satisfies Make)(file, edit, before)
}

/** A new file, empty for a moment. */
export function create(file: WatchedFile, bytes: Buffer): void {
  rmSync(file.path, { force: true })
  let fd = -1
  file.change(Buffer.alloc(0), () => {
    fd = openSync(file.path, 'wx')
  })
  file.change(bytes, () => writeSync(fd, bytes))
  closeSync(fd)
}

function append(file: WatchedFile, before: Buffer, more: Buffer): void {
  file.change(Buffer.concat([before, more]), () => writeFileSync(file.path, more, { flag: 'a' }))
}

/** Its size stays as it is. */
function overwrite(
  file: WatchedFile,
  before: Buffer,
  at: number,
  bytes: Buffer,
  path = file.path,
): void {
  const room = before.length - Math.min(bytes.length, before.length)
  const position = Math.floor(at * room)
  const part = bytes.subarray(0, before.length - position)
  const after = Buffer.from(before)
  part.copy(after, position)
  const fd = openSync(path, 'r+')
  file.change(after, () => writeSync(fd, part, 0, part.length, position))
  closeSync(fd)
}

function replace(file: WatchedFile, bytes: Buffer, sameTime = false): void {
  const other = `${file.path}.new`
  const { atime, mtime } = statSync(file.path)
  writeFileSync(other, bytes)
  if (sameTime) utimesSync(other, atime, mtime)
  file.change(bytes, () => renameSync(other, file.path))
}

function flipped(before: Buffer, at: number, seed: number): Buffer {
  return Buffer.from([(before[at] ?? 0) ^ (1 + (seed % 255))])
}

function beside(file: WatchedFile, seed: number): string {
  return `${file.path}.${file.versions.length}-${seed}`
}
