// The file that is uploaded, on a disk whose stamps have a grain. It is edited, cut, extended, replaced
// and deleted at any moment, also under the stamps it had, as long as they are young.

import { SourceError } from '../../src/errors.ts'
import type { Identity } from '../../src/ports.ts'
import type { Dice } from './random.ts'
import { partSizeMin } from './small-limits.ts'

/** The file's content for some time. */
export interface Version {
  readonly bytes: Uint8Array
  /** Virtual moments: from, inclusive, to the next version. */
  readonly since: number
  until: number
}

interface Inode {
  readonly name: string
  bytes: Uint8Array
  mtimeNs: bigint
  ctimeNs: bigint
}

export interface FileOptions {
  readonly size: number
  readonly stampGrainMs: number
  readonly hasInode: boolean
  readonly dice: Dice
  /** Virtual time. */
  readonly now: () => number
  /** The wall clock of the machine that writes, epoch milliseconds. */
  readonly wallClock: () => number
}

/** An open file: it stays what it was when the path leads elsewhere. */
export interface OpenFile {
  identity(): Identity
  read(into: Uint8Array, position: number): number
}

export class SimulatedFile {
  readonly versions: Version[] = []
  readonly #options: FileOptions
  /** When each stamp was first given. */
  readonly #stamps = new Map<bigint, number>()
  #inodes = 0
  #inode: Inode
  #isDeleted = false

  constructor(options: FileOptions) {
    this.#options = options
    const stamp = this.#stamp()
    this.#inode = {
      name: String(++this.#inodes),
      bytes: options.dice.bytes(options.size),
      mtimeNs: stamp,
      ctimeNs: stamp,
    }
    this.#noteVersion()
  }

  get current(): Uint8Array {
    return this.#inode.bytes
  }

  get isDeleted(): boolean {
    return this.#isDeleted
  }

  open(): OpenFile {
    let inode = this.#found()
    return {
      identity: () => {
        inode = this.#found()
        const { size, mtimeNs, ctimeNs } = { ...inode, size: inode.bytes.length }
        const stable = this.#options.hasInode ? { inode: inode.name } : {}
        return { size, mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs), ...stable }
      },
      read: (into, position) => {
        const chunk = inode.bytes.subarray(position, position + into.length)
        into.set(chunk)
        return chunk.length
      },
    }
  }

  /** Something is done to the file. Returns what, for the trace. */
  edit(): string {
    const { dice } = this.#options
    const { bytes } = this.#inode
    const kind = dice.pick(['bytes', 'bytes', 'append', 'truncate', 'rewrite', 'replace', 'touch'])
    switch (kind) {
      case 'append':
        this.#write(joined(bytes, dice.bytes(Math.round(dice.log(1, 10 * partSizeMin)))))
        break
      case 'truncate':
        this.#write(bytes.slice(0, dice.whole(0, bytes.length)))
        break
      case 'rewrite':
        this.#write(dice.bytes(bytes.length))
        break
      case 'replace':
        this.#inode = { ...this.#inode, name: String(++this.#inodes) }
        this.#write(dice.chance(0.3) ? bytes.slice() : changed(bytes, dice))
        break
      case 'touch':
        this.#write(bytes)
        break
      case 'bytes':
        // Some editors put the old time back; the time of the change tells all the same.
        this.#write(changed(bytes, dice), dice.chance(0.3))
    }
    return `${kind}, ${this.#inode.bytes.length} bytes`
  }

  remove(): void {
    this.#isDeleted = true
  }

  restore(): void {
    this.#isDeleted = false
  }

  /** True if some content that the file had since `moment` is this one. */
  hadSince(moment: number, bytes: Uint8Array): boolean {
    return this.versions.some(version => version.until >= moment && isEqual(version.bytes, bytes))
  }

  #write(bytes: Uint8Array, keepsTime = false): void {
    const stamp = this.#stamp()
    const inode = this.#inode
    inode.bytes = bytes
    inode.ctimeNs = stamp
    if (!keepsTime) inode.mtimeNs = stamp
    this.#noteVersion()
  }

  #noteVersion(): void {
    const now = this.#options.now()
    const last = this.versions.at(-1)
    if (last !== undefined) last.until = now
    const bytes = this.#inode.bytes.slice()
    this.versions.push({ bytes, since: now, until: Number.POSITIVE_INFINITY })
  }

  /** Within one grain all stamps are alike. A clock set back does not hit an old stamp to the nanosecond. */
  #stamp(): bigint {
    const { stampGrainMs, wallClock, now } = this.#options
    const grainNs = BigInt(Math.round(stampGrainMs * 1e6))
    let stamp = (BigInt(Math.round(wallClock() * 1e6)) / grainNs) * grainNs
    for (;;) {
      const first = this.#stamps.get(stamp)
      if (first === undefined) this.#stamps.set(stamp, now())
      else if (now() - first > stampGrainMs) {
        stamp += 1n
        continue
      }
      return stamp
    }
  }

  #found(): Inode {
    if (!this.#isDeleted) return this.#inode
    throw new SourceError('SOURCE_MISSING', 'The simulated file is gone')
  }
}

function changed(bytes: Uint8Array, dice: Dice): Uint8Array {
  const copy = bytes.slice()
  if (copy.length === 0) return copy
  const from = dice.whole(0, copy.length - 1)
  const to = Math.min(copy.length, from + Math.round(dice.log(1, 3 * partSizeMin)))
  for (let at = from; at < to; at++) copy[at] = (copy[at] ?? 0) ^ dice.whole(1, 255)
  return copy
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}
