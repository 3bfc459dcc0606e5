// The body of a request, with a range of a source. It hashes the bytes in the buffer that goes to the connection,
// so the CRC-64 is that of the sent bytes.

import { SourceError } from '../errors.ts'
import { crc64 } from '../hash/crc64.ts'
import type { Body, Source } from '../ports.ts'

export interface HashedBody extends Body {
  /** CRC-64 of the bytes that were read so far. */
  readonly crc64: bigint
  /** True if all bytes were read. */
  readonly isWhole: boolean
}

export interface BodyHooks {
  /** Waits until this many bytes may be sent; resolves to how many may. */
  readonly admit?: (bytes: number) => number | Promise<number>
  /**
   * Called with the CRC-64 of all bytes, after the last byte was read and before it is sent. If it rejects, the
   * request ends without its last bytes, so OSS stores nothing.
   */
  readonly beforeEnd?: (crc64: bigint) => Promise<void>
}

/** A body with `size` bytes of the source from `position` on, for one attempt. */
export function sourceBody(
  source: Source,
  range: { readonly position: number; readonly size: number },
  hooks: BodyHooks = {},
): HashedBody {
  return new SourceBody(source, range, hooks)
}

/** A class, because V8 makes a new hidden class for each object literal with getters. */
class SourceBody implements HashedBody {
  readonly size: number
  readonly #source: Source
  readonly #position: number
  readonly #hooks: BodyHooks
  #crc = 0n
  #done = 0

  constructor(
    source: Source,
    { position, size }: { readonly position: number; readonly size: number },
    hooks: BodyHooks,
  ) {
    this.size = size
    this.#source = source
    this.#position = position
    this.#hooks = hooks
  }

  get crc64(): bigint {
    return this.#crc
  }

  get isWhole(): boolean {
    return this.#done === this.size
  }

  /**
   * Returns a number instead of a promise if neither the source nor a hook must wait, which makes small parts
   * faster.
   */
  read(into: Uint8Array): number | Promise<number> {
    const { admit } = this.#hooks
    const wanted = Math.min(into.length, this.size - this.#done)
    const admitted = admit === undefined ? wanted : admit(wanted)
    return typeof admitted === 'number'
      ? this.#fill(into, admitted)
      : admitted.then(count => this.#fill(into, count))
  }

  #fill(into: Uint8Array, admitted: number): number | Promise<number> {
    const target = admitted === into.length ? into : into.subarray(0, admitted)
    const reading = this.#source.read(target, this.#position + this.#done)
    return typeof reading === 'number'
      ? this.#take(target, reading)
      : reading.then(count => this.#take(target, count))
  }

  #take(target: Uint8Array, count: number): number | Promise<number> {
    if (count === 0) throw truncated(this.#source, this.#position + this.#done)
    this.#crc = crc64(count === target.length ? target : target.subarray(0, count), this.#crc)
    this.#done += count
    const { beforeEnd } = this.#hooks
    if (beforeEnd === undefined || !this.isWhole) return count
    return beforeEnd(this.#crc).then(() => count)
  }
}

/** A body with bytes in memory, whose CRC-64 is already known, for one attempt. */
export function memoryBody(bytes: Uint8Array, crc: bigint, hooks: BodyHooks = {}): HashedBody {
  let done = 0
  return {
    size: bytes.length,
    crc64: crc,
    get isWhole() {
      return done === bytes.length
    },
    async read(into) {
      const wanted = Math.min(into.length, bytes.length - done)
      const count = hooks.admit === undefined ? wanted : await hooks.admit(wanted)
      into.set(bytes.subarray(done, done + count))
      done += count
      return count
    },
  }
}

/** CRC-64 of a range of the source, read through `buffer`; `tap` sees the bytes too. */
export async function hashRange(
  source: Source,
  range: { position: number; size: number },
  buffer: Uint8Array,
  signal?: AbortSignal,
  tap?: (bytes: Uint8Array) => void,
): Promise<bigint> {
  let crc = 0n
  for (let done = 0; done < range.size; ) {
    signal?.throwIfAborted()
    const target = buffer.subarray(0, Math.min(buffer.length, range.size - done))
    const count = await source.read(target, range.position + done)
    if (count === 0) throw truncated(source, range.position + done)
    const bytes = target.subarray(0, count)
    crc = crc64(bytes, crc)
    tap?.(bytes)
    done += count
  }
  return crc
}

function truncated(source: Source, position: number): SourceError {
  return new SourceError(
    'SOURCE_CHANGED',
    `${source.name} ends at byte ${position}: it became shorter`,
    {
      hint: 'Let the writer finish, then run it again',
    },
  )
}
