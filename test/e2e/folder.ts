import { createCipheriv } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for the tests of one file; removed after them. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ossup-e2e-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Bytes that look random and are the same for the same seed. */
export function noise(size: number, seed = 1): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16))
  return cipher.update(Buffer.alloc(size))
}

/** Writes a file of noise and gives its bytes. */
export function noiseFile(path: string, size: number, seed?: number): Buffer {
  const bytes = noise(size, seed)
  writeFileSync(path, bytes)
  return bytes
}
