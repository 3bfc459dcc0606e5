import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realPathOf } from '../../../../../src/runtimes/node/files/real-path.ts'

test('links are followed, as far as there is something', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ossup-real-')))
  try {
    mkdirSync(join(folder, 'there'))
    symlinkSync(join(folder, 'there'), join(folder, 'link'))
    expect(await realPathOf(join(folder, 'link'))).toBe(join(folder, 'there'))
    expect(await realPathOf(join(folder, 'link', 'not', 'yet'))).toBe(
      join(folder, 'there', 'not', 'yet'),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
