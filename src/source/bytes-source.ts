// Bytes in memory as a source. They have no timestamps. Their CRC-64 is their identity, also in later runs, and shows if
// the program writes into them during the upload.

import { SourceError } from '../errors.ts'
import { isDetached } from '../foreign/bytes.ts'
import { crc64 } from '../hash/crc64.ts'
import type { Source } from '../ports.ts'

/**
 * Makes a source from bytes. They are not copied: do not change them until the upload has ended. They are read once
 * here, for their CRC-64.
 * @param name for messages and, through its extension, for Content-Type
 */
export function bytesSource(bytes: Uint8Array, name = 'bytes'): Source {
  return {
    name,
    id: `bytes:${bytes.length}:${crc64(bytes)}`,
    async identity() {
      expectThere(bytes)
      return { size: bytes.length, crc64: String(crc64(bytes)) }
    },
    async read(into, position) {
      expectThere(bytes)
      const chunk = bytes.subarray(position, position + into.length)
      into.set(chunk)
      return chunk.length
    },
    async close() {},
  }
}

function expectThere(bytes: Uint8Array): void {
  if (!isDetached(bytes)) return
  throw new SourceError(
    'SOURCE_CHANGED',
    'The memory of the bytes was transferred, or shrank, during the upload',
    {
      hint: 'Keep the bytes until the upload has ended, or give a copy: bytes.slice()',
    },
  )
}
