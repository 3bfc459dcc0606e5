import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { putFile } from '../../../../src/server/disk/put-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossup-put-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('makes a file for its owner alone, and nothing beside it', async () => {
  await putFile(join(folder, 'keys.json'), 'text')
  expect(await readFile(join(folder, 'keys.json'), 'utf8')).toBe('text')
  if (process.platform !== 'win32')
    expect((await stat(join(folder, 'keys.json'))).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['keys.json'])
})

it('leaves nothing where it cannot', async () => {
  await mkdir(join(folder, 'taken', 'deep'), { recursive: true })
  await expect(putFile(join(folder, 'taken'), 'text')).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['taken'])
})
