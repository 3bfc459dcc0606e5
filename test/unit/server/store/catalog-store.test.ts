import { expect, it } from 'vitest'
import { Catalog, type Change } from '../../../../src/server/store/catalog.ts'
import { CatalogStore } from '../../../../src/server/store/catalog-store.ts'

// Found by killing the server under load: one change swept up the bytes that another, not yet durable, had let go.
it('keeps bytes until the very change that dropped them is durable', async () => {
  const catalog = new Catalog()
  const waiting: (() => void)[] = []
  const removed: string[] = []
  const store = new CatalogStore({
    catalog: () => catalog,
    log: {
      append: (_: Change) => new Promise<void>(resolve => waiting.push(resolve)),
      settled: async () => {},
      close: async () => {},
    },
    blobs: {
      create: () => {
        throw new Error('not used')
      },
      read: async function* () {},
      remove: async names => {
        removed.push(...names)
      },
    },
  })
  const object = (key: string, blob: string) => ({
    key,
    size: 1,
    etag: '',
    crc64: '0',
    type: 'Normal' as const,
    modifiedAt: 1,
    attributes: { headers: {}, storageClass: 'Standard', encryption: {}, tags: {} },
    acl: 'default' as const,
    segments: [{ blob, offset: 0, size: 1 }],
  })
  catalog.apply({
    do: 'bucket',
    bucket: {
      name: 'b',
      createdAt: 1,
      acl: 'private',
      storageClass: 'Standard',
      redundancy: 'LRS',
    },
  })
  catalog.apply({ do: 'object', in: 'b', object: object('key', 'old') })
  const overwrite = store.putObject('b', object('key', 'new'), { ifAbsent: false })
  const other = store.putObject('b', object('other', 'x'), { ifAbsent: false })
  waiting[1]?.()
  await other
  expect(removed).toEqual([])
  waiting[0]?.()
  await overwrite
  expect(removed).toEqual(['old'])
})
