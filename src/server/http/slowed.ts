// Limits the speed of a body, for a limit that the request names or for a bandwidth fault.

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
