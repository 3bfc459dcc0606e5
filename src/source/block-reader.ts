import type { StreamSource } from '../ports.ts'

/**
 * Fills `into` from the stream; resolves to the count, which is less than its length only at the end.
 */
export async function readBlock(
  stream: StreamSource,
  into: Uint8Array,
  signal: AbortSignal,
): Promise<number> {
  let filled = 0
  while (filled < into.length) {
    const count = await unlessAborted(stream.read(into.subarray(filled)), signal)
    if (count === 0) break
    filled += count
  }
  return filled
}

/** A producer may be silent for hours: an abort does not wait for it. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
