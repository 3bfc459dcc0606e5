// The object of a stream is stored already, by an earlier run: the stream only has to be the same, and
// nothing of it is sent.

import { crc64 } from '../../hash/crc64.ts'
import type { StreamSource } from '../../ports.ts'
import type { Run } from '../run/run.ts'
import { readStream, type StreamPlan } from '../send/stream-parts.ts'

/**
 * Reads the stream to its end, in parts as they were cut then.
 * @returns false as soon as it is known to be another than what the confirmed parts hold
 * @throws {SourceError} what the stream threw, as its cause
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
