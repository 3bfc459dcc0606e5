import { createCipheriv } from 'node:crypto'

/**
 * Bytes of a number: with runs of zeros between random ones, as disk images have, so that some parts are equal.
 * @param seed 0 to 2 ** 32 - 1; the same number gives the same bytes
 */
export function contentOf(size: number, seed: number): Buffer {
  const key = Buffer.alloc(16)
  key.writeUInt32LE(seed)
  const bytes = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
  const blockSize = 32 * 1024
  for (let at = 0; at < size; at += blockSize) {
    if (((bytes[at] ?? 0) & 3) === 0) bytes.fill(0, at, Math.min(size, at + blockSize))
  }
  return bytes
}
