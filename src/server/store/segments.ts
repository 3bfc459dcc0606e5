import type { Segment } from './records.ts'

/** Returns the segments that hold the bytes from `start` to `end` (exclusive) of the joined segments. */
export function cutSegments(
  segments: readonly Segment[],
  start: number,
  end: number,
): readonly Segment[] {
  const cut: Segment[] = []
  let position = 0
  for (const { blob, offset, size } of segments) {
    const from = Math.max(start - position, 0)
    const to = Math.min(end - position, size)
    if (from < to) cut.push({ blob, offset: offset + from, size: to - from })
    position += size
    if (position >= end) break
  }
  return cut
}
