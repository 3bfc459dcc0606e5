// A Blob or File as a source: its ranges are read when they are needed, never the whole.

import type { Source } from '../ports.ts'

export function blobSource(blob: Blob): Source {
  const file = blob as Blob & { readonly name?: string; readonly lastModified?: number }
  const name = file.name ?? 'blob'
  const stamp = file.lastModified
  return {
    name,
    id: `blob:${name}:${blob.size}:${stamp ?? ''}`,
    async identity() {
      return {
        size: blob.size,
        ...(stamp === undefined ? {} : { mtimeNs: String(BigInt(Math.floor(stamp)) * 1_000_000n) }),
      }
    },
    async read(into, position) {
      const range = blob.slice(position, position + into.length)
      const bytes = new Uint8Array(await range.arrayBuffer())
      into.set(bytes)
      return bytes.length
    },
    async close() {},
  }
}
