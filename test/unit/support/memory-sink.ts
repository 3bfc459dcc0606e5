import type { Sink } from '../../../src/ports.ts'

export interface MemorySink extends Sink {
  /** What was written, at its place. */
  bytes(): Uint8Array
  /** What was called, in order; writes as `write 0`, with the position. */
  readonly calls: readonly string[]
}

/** A sink in memory that holds its caller to the rules of the port. */
export function memorySink(isSeekable = true, fail: (call: string) => void = () => {}): MemorySink {
  const calls: string[] = []
  let content = new Uint8Array()
  let end = 0
  const note = async (call: string) => {
    calls.push(call)
    fail(call)
  }
  return {
    name: 'memory',
    isSeekable,
    calls,
    bytes: () => content.slice(),
    async begin({ size }) {
      await note('begin')
      content = new Uint8Array(size)
    },
    async write(bytes, position) {
      await note(`write ${position}`)
      if (!isSeekable && position !== end) throw new Error(`${position} is not the end, ${end}`)
      end = position + bytes.length
      content.set(bytes, position)
    },
    commit: () => note('commit'),
    discard: () => note('discard'),
  }
}
