import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDiskStore } from '../../../src/server/disk/disk-store.ts'
import { createMemoryStore } from '../../../src/server/store/memory-store.ts'
import type { ObjectStore } from '../../../src/server/store/store.ts'
import { describeStore } from './store-suite.ts'

describeStore('memory store', async () => {
  const store = createMemoryStore()
  return { store, dispose: () => store.close() }
})

describeStore('disk store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ossup-store-'))
  let store = await openDiskStore({ directory })
  return {
    store,
    async reopen() {
      await store.close()
      store = await openDiskStore({ directory })
      return store
    },
    async dispose() {
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
})

describe('the folder of a disk store', () => {
  const attributes = { headers: {}, storageClass: 'Standard', encryption: {}, tags: {} }

  async function inFolder(use: (directory: string) => Promise<void>): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'ossup-folder-'))
    try {
      await use(directory)
    } finally {
      await rm(directory, { recursive: true })
    }
  }

  async function put(store: ObjectStore, key: string): Promise<void> {
    const writer = store.createBlob()
    await writer.write(Buffer.from(key))
    const segments = await writer.finish()
    const size = Buffer.byteLength(key)
    const facts = { etag: '', crc64: '0', type: 'Normal', modifiedAt: 1, acl: 'default' } as const
    await store.putObject(
      'bucket',
      { key, size, segments, attributes, ...facts },
      { ifAbsent: false },
    )
  }

  async function open(directory: string): Promise<ObjectStore> {
    const store = await openDiskStore({ directory })
    const facts = {
      createdAt: 1,
      acl: 'private',
      storageClass: 'Standard',
      redundancy: 'LRS',
    } as const
    await store.putBucket({ name: 'bucket', ...facts })
    return store
  }

  it('has one server at a time', () =>
    inFolder(async directory => {
      const store = await open(directory)
      await expect(openDiskStore({ directory })).rejects.toThrow(/in use by process/)
      await store.close()
      await (await open(directory)).close()
    }))

  it('takes over from a server that was killed', () =>
    inFolder(async directory => {
      await (await open(directory)).close()
      await writeFile(join(directory, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1 }))
      await (await open(directory)).close()
      await writeFile(join(directory, 'lock'), '{"pi')
      await (await open(directory)).close()
    }))

  it('sweeps bytes that never became an object, and those of deleted ones', () =>
    inFolder(async directory => {
      const store = await open(directory)
      await put(store, 'kept')
      await put(store, 'deleted')
      const writer = store.createBlob()
      await writer.write(Buffer.alloc(2 ** 21))
      await store.deleteObjects('bucket', [{ key: 'deleted' }], { at: 1, markAbsent: true })
      await store.close()
      await writeFile(join(directory, 'blobs', 'stray'), 'stray')
      await (await open(directory)).close()
      expect(await readdir(join(directory, 'blobs'))).toHaveLength(1)
      await writer.discard()
    }))

  it('takes no notice of a torn last line, at every length of it', () =>
    inFolder(async directory => {
      const store = await open(directory)
      await put(store, 'first')
      const log = join(directory, 'catalog.log')
      const before = (await readFile(log)).length
      await put(store, 'second')
      const after = (await readFile(log)).length
      await store.close()
      for (let size = after - 1; size >= before; size -= 17) {
        await truncate(log, size)
        const again = await open(directory)
        expect(await again.object('bucket', 'second')).toBeUndefined()
        expect(await again.object('bucket', 'first')).toBeDefined()
        await again.close()
      }
    }))

  it('steps over a damaged line and keeps all bytes then', () =>
    inFolder(async directory => {
      const store = await open(directory)
      await put(store, 'first')
      await store.close()
      const log = join(directory, 'catalog.log')
      await appendFile(log, '00000000 {"do":"object"}\n')
      const lines = (await readFile(log, 'utf8')).split('\n')
      await appendFile(log, `${lines[0]}\n`)
      await writeFile(join(directory, 'blobs', 'perhaps-needed'), 'x')
      const again = await open(directory)
      expect(await again.object('bucket', 'first')).toBeDefined()
      await again.close()
      expect(await readdir(join(directory, 'blobs'))).toContain('perhaps-needed')
    }))

  it('removes no bytes where the log itself is lost', () =>
    inFolder(async directory => {
      await mkdir(join(directory, 'blobs'))
      await writeFile(join(directory, 'blobs', 'perhaps-needed'), 'x')
      const store = await openDiskStore({ directory })
      await store.close()
      expect(await readdir(join(directory, 'blobs'))).toEqual(['perhaps-needed'])
    }))

  it('refuses a folder of a newer version', () =>
    inFolder(async directory => {
      await writeFile(join(directory, 'format.json'), '{"version":3}')
      await expect(openDiskStore({ directory })).rejects.toThrow(/version 3/)
    }))
})
