// For a stream whose object an earlier run has stored: compares the stream with it, and sends nothing.

import { crc64 } from '../../hash/crc64.ts'
import type { StreamSource } from '../../ports.ts'
import type { Run } from '../run/run.ts'
import { readStream, type StreamPlan } from '../send/stream-parts.ts'

/**
 * Reads the stream to its end, in the parts of the earlier run.
 * @returns false as soon as a part differs from the confirmed one
 * @throws {SourceError} with the error of the stream as its cause
 */
export async function isStreamOfParts(
  run: Run,
  stream: StreamSource,
  check: StreamPlan['check'],
): Promise<boolean> {
  const parts = [...run.checkpoint.state.parts.values()]
  let position = 0
  for (const part of parts.sort((a, b) => a.partNumber - b.partNumber)) {
    const bytes = new Uint8Array(part.size)
    const filled = await readStream(run, stream, bytes, run.signal)
    check(position + filled, filled < part.size)
    if (filled < part.size || crc64(bytes) !== part.crc64) return false
    run.progress.addPart(part, true)
    position += filled
  }
  const beyond = await readStream(run, stream, new Uint8Array(1), run.signal)
  check(position + beyond, beyond === 0)
  return beyond === 0
}
