// A Blob or File as a source. Its ranges are read when they are needed, and never the whole at once.

import { SourceError } from '../errors.ts'
import { bytesOf } from '../foreign/bytes.ts'
import { isError } from '../foreign/error.ts'
import type { Source } from '../ports.ts'

export function blobSource(blob: Blob): Source {
  const file = blob as Blob & { readonly name?: string; readonly lastModified?: number }
  const name = file.name ?? 'blob'
  const timestamp = file.lastModified
  const { size } = blob
  return {
    name,
    id: `blob:${name}:${size}:${timestamp ?? ''}`,
    async identity() {
      return {
        size,
        ...(timestamp === undefined
          ? {}
          : { mtimeNs: String(BigInt(Math.floor(timestamp)) * 1_000_000n) }),
      }
    },
    async read(into, position) {
      const end = Math.min(position + into.length, size)
      const bytes = await bytesAt(blob, position, end, name)
      into.set(bytes)
      return bytes.length
    },
    async close() {},
  }
}

async function bytesAt(blob: Blob, start: number, end: number, name: string): Promise<Uint8Array> {
  if (start >= end) return new Uint8Array()
  let bytes: Uint8Array | undefined
  try {
    bytes = bytesOf(await blob.slice(start, end).arrayBuffer())
  } catch (cause) {
    throw unreadable(name, `(${isError(cause) ? cause.name : 'unknown'})`, cause)
  }
  if (bytes?.length === end - start) return bytes
  throw unreadable(name, `: ${end - start} bytes were read, ${bytes?.length ?? 'none'} came`)
}

/** The error if the file of a Blob was changed or removed: a Blob only refers to the bytes of the file. */
function unreadable(name: string, why: string, cause?: unknown): SourceError {
  return new SourceError('SOURCE_UNREADABLE', `${name} can no longer be read ${why}`, {
    hint: 'The file behind a Blob must not change: make a new Blob of it and run it again',
    ...(cause !== undefined && { cause }),
  })
}
