import { unlessAborted } from '../async/signals.ts'
import type { StreamSource } from '../ports.ts'

/**
 * Fills `into` from the stream and resolves to the count, which is smaller than its length only at the end.
 */
export async function readBlock(
  stream: StreamSource,
  into: Uint8Array,
  signal: AbortSignal,
): Promise<number> {
  let filled = 0
  while (filled < into.length) {
    // A producer may be silent for hours.
    const count = await unlessAborted(stream.read(into.subarray(filled)), signal)
    if (count === 0) break
    filled += count
  }
  return filled
}
