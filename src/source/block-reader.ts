import { unlessAborted } from '../async/signals.ts'
import type { StreamSource } from '../ports.ts'

/**
 * Fills `into` from the stream. Resolves to the number of bytes, which is smaller than the buffer only at the
 * end of the stream.
 */
export async function readBlock(
  stream: StreamSource,
  into: Uint8Array,
  signal: AbortSignal,
): Promise<number> {
  let filled = 0
  while (filled < into.length) {
    // The signal ends the wait, because a producer may be silent for hours.
    const count = await unlessAborted(stream.read(into.subarray(filled)), signal)
    if (count === 0) break
    filled += count
  }
  return filled
}
