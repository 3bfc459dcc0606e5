// Bytes in memory as a source. They have no stamps, but their content is known at once: the CRC-64
// is their identity, also across runs, and shows when somebody writes into them during the upload.

import { crc64 } from '../hash/crc64.ts'
import type { Source } from '../ports.ts'

/**
 * Bytes to be uploaded. They are not copied: leave them alone until the upload has ended. Making the
 * source reads them once.
 * @param name for messages and, through its extension, for Content-Type
 */
export function bytesSource(bytes: Uint8Array, name = 'bytes'): Source {
  return {
    name,
    id: `bytes:${bytes.length}:${crc64(bytes)}`,
    async identity() {
      return { size: bytes.length, crc64: String(crc64(bytes)) }
    },
    async read(into, position) {
      const chunk = bytes.subarray(position, position + into.length)
      into.set(chunk)
      return chunk.length
    },
    async close() {},
  }
}
