// The promises of every object store, in memory and on disk.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ObjectRecord, PartRecord, Segment } from '../../../src/server/store/records.ts'
import {
  isRefusal,
  type ObjectStore,
  type Refusal,
  type VersionListQuery,
} from '../../../src/server/store/store.ts'

export interface StoreUnderTest {
  readonly store: ObjectStore
  /** The same place, opened again; absent for stores that forget. */
  readonly reopen?: () => Promise<ObjectStore>
  readonly dispose: () => Promise<void>
}

const bucket = 'examplebucket'
const deletion = { at: 5, markAbsent: true }
const attributes = { headers: {}, storageClass: 'Standard', encryption: {}, tags: {} }

export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest
    let store: ObjectStore

    beforeEach(async () => {
      under = await open()
      store = under.store
      await store.putBucket({
        name: bucket,
        createdAt: 1,
        acl: 'private',
        storageClass: 'Standard',
        redundancy: 'LRS',
      })
    })
    afterEach(() => under.dispose())

    async function reopened(): Promise<void> {
      if (under.reopen) store = await under.reopen()
    }

    async function write(text: string): Promise<readonly Segment[]> {
      const writer = store.createBlob()
      for (const character of text) await writer.write(Buffer.from(character))
      return writer.finish()
    }

    function record(key: string, text: string, segments: readonly Segment[]): ObjectRecord {
      const size = Buffer.byteLength(text)
      const etag = text.toUpperCase()
      return {
        key,
        size,
        etag,
        crc64: '0',
        type: 'Normal',
        modifiedAt: 1,
        attributes,
        acl: 'default',
        segments,
      }
    }

    async function put(key: string, text: string) {
      return store.putObject(bucket, record(key, text, await write(text)), { ifAbsent: false })
    }

    async function drop(...keys: string[]) {
      return store.deleteObjects(
        bucket,
        keys.map(key => ({ key })),
        deletion,
      )
    }

    async function get(key: string, start = 0, end?: number): Promise<string | undefined> {
      const open = await store.openObject(bucket, key)
      if (!open) return undefined
      let text = ''
      for await (const chunk of open.read(start, end ?? open.record.size))
        text += Buffer.from(chunk)
      return text
    }

    async function putPart(id: string, number: number, text: string): Promise<PartRecord> {
      const size = Buffer.byteLength(text)
      const part = {
        number,
        size,
        etag: text,
        crc64: '0',
        modifiedAt: 1,
        segments: await write(text),
      }
      expect(await store.putPart(bucket, id, part)).toBeUndefined()
      return part
    }

    async function begin(id: string, key: string): Promise<void> {
      await store.createUpload(bucket, { id, key, initiatedAt: 1, attributes })
    }

    async function names(options: {
      prefix?: string
      delimiter?: string
      after?: string
      limit?: number
    }) {
      const page = await store.listObjects(bucket, {
        prefix: '',
        delimiter: '',
        after: '',
        limit: 1000,
        ...options,
      })
      return page.entries.map(entry => ('key' in entry ? entry.key : `<${entry.prefix}>`))
    }

    it('keeps an object as it was put, replaces it, deletes it', async () => {
      await put('key', 'one')
      await reopened()
      expect(await get('key')).toBe('one')
      await put('key', 'another')
      expect(await get('key')).toBe('another')
      await drop('key', 'absent')
      await reopened()
      expect(await get('key')).toBeUndefined()
    })

    it('takes any key, none of them a path', async () => {
      const keys = [
        '../../escape',
        '/etc/passwd',
        '.',
        'a/',
        'con',
        'ä\u0000\n',
        '𝒌',
        'x'.repeat(1023),
      ]
      for (const key of keys) await put(key, key)
      await reopened()
      for (const key of keys) expect(await get(key)).toBe(key)
    })

    it('keeps an empty object', async () => {
      await put('empty', '')
      await reopened()
      expect(await get('empty')).toBe('')
    })

    it('refuses to overwrite with ifAbsent, also of two at once', async () => {
      const segments = [await write('one'), await write('two')]
      const refusals = await Promise.all(
        segments.map((segment, at) =>
          store.putObject(bucket, record('key', `${at}`, segment), { ifAbsent: true }),
        ),
      )
      expect(refusals).toEqual([expect.objectContaining({ etag: '0' }), 'exists'])
    })

    it('replaces only the object that ifStill names', async () => {
      const first = record('grows', 'a', await write('a'))
      const second = record('grows', 'ab', [...first.segments, ...(await write('b'))])
      expect(await store.putObject(bucket, first, { ifAbsent: false, ifStill: second })).toBe(
        'changed',
      )
      await store.putObject(bucket, first, { ifAbsent: false, ifStill: undefined })
      const ifStill = await store.latest(bucket, 'grows')
      await store.putObject(bucket, second, { ifAbsent: false, ifStill })
      expect(await store.putObject(bucket, second, { ifAbsent: false, ifStill })).toBe('changed')
      await reopened()
      expect(await get('grows')).toBe('ab')
    })

    it('refuses an unknown bucket', async () => {
      expect(await store.putObject('other', record('key', '', []), { ifAbsent: false })).toBe(
        'no-bucket',
      )
      expect(await store.deleteObjects('other', [{ key: 'key' }], deletion)).toBe('no-bucket')
      expect(await store.deleteBucket('other')).toBe('no-bucket')
    })

    it('deletes only an empty bucket', async () => {
      await begin('id', 'key')
      expect(await store.deleteBucket(bucket)).toBe('not-empty')
      await store.abortUpload(bucket, 'id', { keepUpload: false })
      await put('key', 'text')
      expect(await store.deleteBucket(bucket)).toBe('not-empty')
      await drop('key')
      expect(await store.deleteBucket(bucket)).toBeUndefined()
      await reopened()
      expect(await store.bucket(bucket)).toBeUndefined()
    })

    it('lists by UTF-8 bytes', async () => {
      for (const key of ['b', '𝒌', '\uffee', 'a', 'ab', 'B']) await put(key, '')
      expect(await names({})).toEqual(['B', 'a', 'ab', 'b', '\uffee', '𝒌'])
      await drop('ab')
      await put('aa', '')
      expect(await names({})).toEqual(['B', 'a', 'aa', 'b', '\uffee', '𝒌'])
    })

    it.each([
      { query: { prefix: 'd/' }, expected: ['d/', 'd/1', 'd/e/2', 'd/e/3', 'd/f'] },
      { query: { prefix: 'd/', delimiter: '/' }, expected: ['d/', 'd/1', '<d/e/>', 'd/f'] },
      { query: { delimiter: '/' }, expected: ['a', '<d/>', 'z'] },
      { query: { delimiter: '/', after: 'd/' }, expected: ['z'] },
      { query: { after: 'd/e/2' }, expected: ['d/e/3', 'd/f', 'z'] },
      { query: { prefix: 'd/', delimiter: '/', after: 'd/1', limit: 1 }, expected: ['<d/e/>'] },
      { query: { prefix: 'd/', delimiter: '/', after: 'd/e/', limit: 1 }, expected: ['d/f'] },
      { query: { prefix: 'none' }, expected: [] },
    ])('lists $query', async ({ query, expected }) => {
      for (const key of ['a', 'd/', 'd/1', 'd/e/2', 'd/e/3', 'd/f', 'z']) await put(key, '')
      expect(await names(query)).toEqual(expected)
    })

    it('pages through ten thousand keys, however they came', async () => {
      const count = 10_000
      const keys = Array.from({ length: count }, (_, at) => `k${(at * 7919) % count}`)
      await Promise.all(
        keys.map(key => store.putObject(bucket, record(key, '', []), { ifAbsent: false })),
      )
      await reopened()
      const found: string[] = []
      let page: string[]
      do {
        page = await names({ after: found.at(-1) ?? '', limit: 1000 })
        found.push(...page)
      } while (page.length === 1000)
      expect(found).toEqual([...keys].sort())
    })

    it('puts an object together from parts where they lie', async () => {
      await begin('id', 'big')
      const second = await putPart('id', 2, 'world')
      await putPart('id', 7, 'unused')
      const first = await putPart('id', 1, 'hello ')
      await reopened()
      const parts = await store.parts(bucket, 'id')
      expect(parts.map(part => part.number)).toEqual([1, 2, 7])
      const chosen = parts.filter(part => part.number < 3)
      const object = record('big', 'hello world', [...first.segments, ...second.segments])
      expect(
        await store.completeUpload(bucket, 'id', { object, parts: chosen, ifAbsent: false }),
      ).toMatchObject({ key: 'big' })
      await reopened()
      expect(await get('big')).toBe('hello world')
      expect(await get('big', 4, 8)).toBe('o wo')
      expect(await store.upload(bucket, 'id')).toBeUndefined()
      expect(await store.completeUpload(bucket, 'id', { object, parts: [], ifAbsent: false })).toBe(
        'no-upload',
      )
    })

    it('refuses to complete with a part that was replaced meanwhile', async () => {
      await begin('id', 'big')
      await putPart('id', 1, 'old')
      const parts = await store.parts(bucket, 'id')
      await putPart('id', 1, 'new')
      const object = record('big', 'old', parts[0]!.segments)
      expect(await store.completeUpload(bucket, 'id', { object, parts, ifAbsent: false })).toBe(
        'changed',
      )
      expect(await get('big')).toBeUndefined()
    })

    it('leaves an upload alone when Complete is refused', async () => {
      await put('big', 'there')
      await begin('id', 'big')
      await putPart('id', 1, 'text')
      const parts = await store.parts(bucket, 'id')
      const object = record('big', 'text', parts[0]!.segments)
      expect(await store.completeUpload(bucket, 'id', { object, parts, ifAbsent: true })).toBe(
        'exists',
      )
      await reopened()
      expect(await store.parts(bucket, 'id')).toHaveLength(1)
      expect(await get('big')).toBe('there')
    })

    it('aborts: the parts go, and the upload unless it is kept', async () => {
      await begin('id', 'key')
      await putPart('id', 1, 'text')
      await store.abortUpload(bucket, 'id', { keepUpload: true })
      expect(await store.parts(bucket, 'id')).toEqual([])
      expect(await store.upload(bucket, 'id')).toBeDefined()
      await store.abortUpload(bucket, 'id', { keepUpload: false })
      await reopened()
      expect(await store.upload(bucket, 'id')).toBeUndefined()
      expect(await store.abortUpload(bucket, 'id', { keepUpload: false })).toBe('no-upload')
      expect(await store.putPart(bucket, 'id', { ...record('', '', []), number: 1 })).toBe(
        'no-upload',
      )
    })

    it('lets a reader finish an object that is deleted or replaced meanwhile', async () => {
      await put('key', 'readable')
      const open = await store.openObject(bucket, 'key')
      await drop('key')
      await put('other', 'x')
      let text = ''
      for await (const chunk of open!.read(0, 8)) text += Buffer.from(chunk)
      expect(text).toBe('readable')
    })

    it('keeps shared bytes until the last that refers to them is gone', async () => {
      const segments = await write('shared')
      await store.putObject(bucket, record('one', 'shared', segments), { ifAbsent: false })
      await store.putObject(bucket, record('two', 'shared', segments), { ifAbsent: false })
      await drop('one')
      await put('other', 'x')
      await reopened()
      expect(await get('two')).toBe('shared')
    })

    it('forgets what was written and discarded', async () => {
      const writer = store.createBlob()
      await writer.write(Buffer.alloc(3_000_000))
      await writer.discard()
      const finished = store.createBlob()
      await finished.write(Buffer.from('text'))
      await finished.finish()
      await finished.discard()
      expect(await names({})).toEqual([])
    })

    async function setVersioning(versioning: 'Enabled' | 'Suspended'): Promise<void> {
      await store.changeBucket(bucket, known => ({ ...known, versioning }))
    }

    async function versions(options: Partial<VersionListQuery> = {}) {
      const page = await store.listVersions(bucket, {
        prefix: '',
        delimiter: '',
        afterKey: '',
        afterVersion: '',
        limit: 1000,
        ...options,
      })
      return page.entries.map(entry =>
        'prefix' in entry
          ? `<${entry.prefix}>`
          : `${entry.object.key} ${entry.object.etag || 'deleted'}${entry.isLatest ? ' *' : ''}`,
      )
    }

    async function getVersion(key: string, versionId: string): Promise<string | undefined> {
      const open = await store.openObject(bucket, key, versionId)
      if (!open) return undefined
      let text = ''
      for await (const chunk of open.read(0, open.record.size)) text += Buffer.from(chunk)
      return text
    }

    const idOf = (stored: Refusal | ObjectRecord) =>
      (isRefusal(stored) ? undefined : stored.versionId) ?? 'none'

    it('keeps the versions of an object, and never gives an id twice', async () => {
      await put('key', 'before')
      await setVersioning('Enabled')
      const ids = [idOf(await put('key', 'one')), idOf(await put('key', 'two'))]
      await store.deleteObjects(bucket, [{ key: 'key', versionId: ids[1]! }], deletion)
      await reopened()
      ids.push(idOf(await put('key', 'three')))
      expect(new Set(ids).size).toBe(3)
      await reopened()
      expect(await versions()).toEqual(['key THREE *', 'key ONE', 'key BEFORE'])
      expect(await get('key')).toBe('three')
      expect(await getVersion('key', ids[0]!)).toBe('one')
      expect(await getVersion('key', 'null')).toBe('before')
      expect(await getVersion('key', ids[1]!)).toBeUndefined()
    })

    it('sets delete markers and brings back what was below', async () => {
      await setVersioning('Enabled')
      await put('key', 'text')
      const deleted = await drop('key', 'absent')
      expect(deleted).toMatchObject([{ marker: { key: 'key' } }, { marker: { key: 'absent' } }])
      await reopened()
      expect(await names({})).toEqual([])
      expect(await store.latest(bucket, 'key')).toMatchObject({
        isDeleteMarker: true,
        modifiedAt: 5,
      })
      expect(await versions()).toEqual(['absent deleted *', 'key deleted *', 'key TEXT'])
      expect(await store.deleteBucket(bucket)).toBe('not-empty')
      const { versionId } = (await store.latest(bucket, 'key'))!
      await store.deleteObjects(bucket, [{ key: 'key', versionId: versionId! }], deletion)
      await reopened()
      expect(await get('key')).toBe('text')
      await store.deleteObjects(bucket, [{ key: 'none' }], { at: 5, markAbsent: false })
      expect(await versions({ prefix: 'none' })).toEqual([])
    })

    it('replaces only the version null while versioning is suspended', async () => {
      await setVersioning('Enabled')
      await put('key', 'kept')
      await setVersioning('Suspended')
      expect(idOf(await put('key', 'one'))).toBe('null')
      await put('key', 'two')
      await drop('key')
      await reopened()
      expect(await versions()).toEqual(['key deleted *', 'key KEPT'])
      await store.deleteObjects(bucket, [{ key: 'key', versionId: 'null' }], deletion)
      await reopened()
      expect(await get('key')).toBe('kept')
    })

    it('takes ifAbsent for nothing where versions are kept', async () => {
      await setVersioning('Suspended')
      await put('key', 'one')
      const object = record('key', 'two', await write('two'))
      expect(await store.putObject(bucket, object, { ifAbsent: true })).toMatchObject({
        etag: 'TWO',
      })
      await begin('id', 'key')
      expect(
        await store.completeUpload(bucket, 'id', { object, parts: [], ifAbsent: true }),
      ).toMatchObject({ versionId: 'null' })
    })

    it('changes a version in its place, but no delete marker', async () => {
      await setVersioning('Enabled')
      const versionId = idOf(await put('key', 'one'))
      await put('key', 'two')
      const change = (known: ObjectRecord): ObjectRecord => ({ ...known, acl: 'public-read' })
      expect(await store.changeObject(bucket, { key: 'key', versionId }, change)).toMatchObject({
        acl: 'public-read',
      })
      await reopened()
      expect(await versions()).toEqual(['key TWO *', 'key ONE'])
      expect(await store.object(bucket, 'key', versionId)).toMatchObject({ acl: 'public-read' })
      expect(await store.object(bucket, 'key')).toMatchObject({ acl: 'default' })
      expect(await getVersion('key', versionId)).toBe('one')
      await drop('key')
      expect(await store.changeObject(bucket, { key: 'key' }, change)).toBe('no-object')
    })

    it('lists versions between markers', async () => {
      await setVersioning('Enabled')
      for (const key of ['a', 'd/1', 'd/2', 'z']) await put(key, 'old')
      const middle = idOf(await put('d/1', 'middle'))
      await put('d/1', 'new')
      await drop('d/2')
      expect(await versions({ afterKey: 'a', limit: 3 })).toEqual([
        'd/1 NEW *',
        'd/1 MIDDLE',
        'd/1 OLD',
      ])
      expect(await versions({ afterKey: 'd/1', afterVersion: middle, limit: 2 })).toEqual([
        'd/1 OLD',
        'd/2 deleted *',
      ])
      expect(await versions({ delimiter: '/' })).toEqual(['a OLD *', '<d/>', 'z OLD *'])
      expect(await versions({ delimiter: '/', afterKey: 'd/' })).toEqual(['z OLD *'])
      expect(await versions({ prefix: 'd/2' })).toEqual(['d/2 deleted *', 'd/2 OLD'])
    })

    it('loses none of two changes of a bucket', async () => {
      await Promise.all([
        store.changeBucket(bucket, known => ({ ...known, acl: 'public-read' })),
        setVersioning('Enabled'),
      ])
      await reopened()
      expect(await store.bucket(bucket)).toMatchObject({
        acl: 'public-read',
        versioning: 'Enabled',
      })
      expect(await store.changeBucket('other', known => known)).toBe('no-bucket')
    })
  })
}
