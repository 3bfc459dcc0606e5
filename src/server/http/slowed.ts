// Bytes that pass no faster than they may: a limit that a request names, or a bandwidth that is asked for.

import type { Clock } from '../../ports.ts'

export async function* slowed(
  bytes: AsyncIterable<Uint8Array>,
  bytesPerSecond: number,
  clock: Clock,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of bytes) {
    await clock.sleep((chunk.length / bytesPerSecond) * 1000)
    yield chunk
  }
}
