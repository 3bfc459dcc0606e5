// Streams of readable-stream 2 and 3, and others that emit `data`. Their iterators, if they have one, report a
// stream that was destroyed early as ended. So this module listens to their events.

import type { Pieces } from '../../../source/stream-source.ts'
import type { NodeStream } from './node-stream.ts'

/** The most chunks that may wait before the stream is paused. */
const waitingMax = 16

export function oldStreamPieces(stream: NodeStream): Pieces {
  const waiting: unknown[] = []
  let end: { readonly error?: unknown } | undefined
  let wake = () => {}
  const finish = (how: { readonly error?: unknown }) => {
    end ??= how
    wake()
  }
  const early = () => new Error('The stream was closed before its end')
  stream.on('data', piece => {
    waiting.push(piece)
    if (waiting.length >= waitingMax) stream.pause?.()
    wake()
  })
  stream.on('end', () => finish({}))
  stream.on('error', error => finish({ error }))
  stream.on('close', () => finish({ error: early() }))
  if (stream.destroyed === true) finish({ error: early() })
  return {
    async next() {
      while (waiting.length === 0 && end === undefined) {
        stream.resume?.()
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      if (end !== undefined && 'error' in end) throw end.error
      if (waiting.length > 0) return { done: false, value: waiting.shift() }
      return { done: true, value: undefined }
    },
    async close() {
      stream.destroy?.()
    },
  }
}
