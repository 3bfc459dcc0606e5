import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FileLog, readLog } from '../../../../src/server/disk/change-log.ts'
import type { Change } from '../../../../src/server/store/catalog.ts'

const change = (id: string): Change => ({ do: 'drop-upload', in: 'b', id })

// Found by filling the disk below a server: what it had answered with 200 was gone after the next start.
it('holds what it confirmed, also on a disk that takes only some bytes of a write', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ossup-log-'))
  try {
    const path = join(folder, 'catalog.log')
    const file = await open(path, 'w+')
    const write = file.write.bind(file) as (
      bytes: Uint8Array,
      at: number,
      length: number,
      position: number,
    ) => Promise<unknown>
    Object.defineProperty(file, 'write', {
      value: (bytes: Uint8Array, at: number, length: number, position: number) =>
        write(bytes, at, Math.min(length, 10), position),
    })
    const log = new FileLog(file, 0, {
      isSynced: true,
      beforeSync: async () => {},
      onLost: async () => {},
      compactAt: () => Number.POSITIVE_INFINITY,
      compact: async () => {},
    })
    await Promise.all([log.append(change('one')), log.append(change('two'))])
    await log.append(change('three'))
    await log.close()
    const found: Change[] = []
    await readLog(path, one => found.push(one))
    expect(found).toEqual([change('one'), change('two'), change('three')])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
