// For a stream whose object an earlier run has stored: compares the stream with it, and sends nothing.

import { crc64, crc64Combine } from '../../hash/crc64.ts'
import type { StreamSource } from '../../ports.ts'
import type { Stored } from '../run/content.ts'
import type { Run } from '../run/run.ts'
import { readStream, type StreamPlan } from '../send/stream-parts.ts'

/** Bytes that are read at once where the journal lost a part. */
const blockSize = 1024 * 1024

/**
 * Reads the stream to its end, in the parts of the earlier run.
 * @returns false as soon as a part differs from the confirmed one, and if the whole differs from the object
 * @throws {SourceError} with the error of the stream as its cause
 */
export async function isStreamOf(
  run: Run,
  stream: StreamSource,
  object: Pick<Stored, 'size' | 'crc64'>,
  check: StreamPlan['check'],
): Promise<boolean> {
  const parts = new Map([...run.checkpoint.state.parts.values()].map(part => [part.position, part]))
  let position = 0
  let whole = 0n
  while (position < object.size) {
    const part = parts.get(position)
    const bytes = new Uint8Array(part?.size ?? Math.min(blockSize, object.size - position))
    const filled = await readStream(run, stream, bytes, run.signal)
    check(position + filled, filled < bytes.length)
    const crc = crc64(bytes)
    if (filled < bytes.length || (part !== undefined && part.crc64 !== crc)) return false
    if (part !== undefined) run.progress.addPart(part, true)
    whole = crc64Combine(whole, crc, filled)
    position += filled
  }
  const beyond = await readStream(run, stream, new Uint8Array(1), run.signal)
  check(position + beyond, beyond === 0)
  return beyond === 0 && position === object.size && whole === object.crc64
}
