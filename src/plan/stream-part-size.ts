// Part sizes of a stream of unknown length. They depend only on the part number, so that a stream that is uploaded
// again has the same parts. Pure.

import { fitPartSize } from './plan-parts.ts'

/** After this many parts the size grows by one base size: short streams need little memory, long ones fit. */
const growEvery = 500

/**
 * Bytes of part `partNumber`: the base size, and once more of it every 500 parts. With 8 MiB, 10,000
 * parts hold 820 GiB, and the largest part has 160 MiB.
 * @param grows false if the length or a hint is known, and `base` is enough for it
 */
export function streamPartSize(partNumber: number, base: number, grows: boolean): number {
  return grows ? base * (1 + Math.floor((partNumber - 1) / growEvery)) : base
}

/** The base size for a stream. It is larger from the start if the stream's length requires that. */
export function streamBaseSize(partSize: number | 'auto', length: number | undefined): number {
  return fitPartSize(length ?? 0, partSize)
}

/** The most memory for the parts of one stream. Bytes. */
const streamMemoryMax = 64 * 1024 ** 2

/** How many parts of a stream may wait in memory at the same time. */
export function streamConcurrency(concurrency: number | 'auto', largest: number): number {
  if (concurrency !== 'auto') return concurrency
  return Math.max(2, Math.floor(streamMemoryMax / largest))
}
