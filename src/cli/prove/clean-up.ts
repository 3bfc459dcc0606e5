// Removes objects, versions, delete markers and uploads below the folder, also after a stop. What the command knows
// is removed without the permission to list; a listing finds what a lost answer made.

import type { Bench } from './bench.ts'
import { element, type Reply } from './exchange.ts'

/** Something that the clean-up has to remove, or could not remove. */
export interface Leftover {
  readonly kind: 'object' | 'version' | 'upload'
  readonly key: string
  /** Upload id or version id. */
  readonly id?: string
}

/** The network may be what failed: a clean-up request ends after this time. */
const timeoutMs = 10_000
const pagesMax = 1000

/** @returns what could not be removed */
export async function cleanUp(bench: Bench): Promise<readonly Leftover[]> {
  const left = new Map<string, Leftover>()
  for (const thing of await thingsOf(bench)) {
    if (!(await isRemoved(bench, thing))) left.set(nameOf(thing), thing)
  }
  // A delete marker, or an object whose answer was lost, shows in a second look.
  for (const thing of await listed(bench)) {
    if (await isRemoved(bench, thing)) left.delete(nameOf(thing))
    else left.set(nameOf(thing), thing)
  }
  return [...left.values()]
}

async function thingsOf(bench: Bench): Promise<readonly Leftover[]> {
  const { traces } = bench
  const found: Leftover[] = [
    ...traces.uploads.map(([id, key]) => ({ kind: 'upload' as const, key, id })),
    ...(await listed(bench)),
    ...traces.versions.map(([key, id]) => ({ kind: 'version' as const, key, id })),
    ...(traces.hasVersions ? [] : traces.keys.map(key => ({ kind: 'object' as const, key }))),
  ]
  return [...new Map(found.map(thing => [nameOf(thing), thing])).values()]
}

const nameOf = ({ kind, key, id = '' }: Leftover) => `${kind} ${key} ${id}`

async function isRemoved(bench: Bench, { kind, key, id = '' }: Leftover): Promise<boolean> {
  const query = kind === 'upload' ? { uploadId: id } : kind === 'version' ? { versionId: id } : {}
  const reply = await answerOf(bench, 'DELETE', key, query)
  return reply?.status === 204 || reply?.status === 404
}

/** What a listing shows below the folder; nothing where that is not permitted. */
async function listed(bench: Bench): Promise<Leftover[]> {
  const uploads = await pages(bench, { uploads: '' }, 'Upload', 'upload-id-marker')
  // Without versioning, each object has the version `null`.
  const versions = await pages(
    bench,
    { versions: '' },
    '(?:Version|DeleteMarker)',
    'version-id-marker',
  )
  return [
    ...uploads.map(entry => ({
      ...{ kind: 'upload' as const, key: keyOf(entry), id: element(entry, 'UploadId') },
    })),
    ...versions.map((entry): Leftover => {
      const id = element(entry, 'VersionId')
      const isPlain = id === 'null' && !bench.traces.hasVersions && !entry.includes('DeleteMarker')
      return isPlain
        ? { kind: 'object', key: keyOf(entry) }
        : { kind: 'version', key: keyOf(entry), id }
    }),
  ].filter(({ key }) => key.startsWith(bench.folder))
}

async function pages(
  bench: Bench,
  subresource: Readonly<Record<string, string>>,
  name: string,
  idMarker: string,
): Promise<string[]> {
  const entries: string[] = []
  let markers = {}
  for (let page = 0; page < pagesMax; page += 1) {
    const query = { ...subresource, prefix: bench.folder, 'encoding-type': 'url', ...markers }
    const reply = await answerOf(bench, 'GET', undefined, query)
    if (reply?.status !== 200) break
    const found = reply.text.matchAll(new RegExp(`<${name}>.*?</${name}>`, 'gs'))
    entries.push(...[...found].map(([entry]) => entry))
    if (element(reply.text, 'IsTruncated') !== 'true') break
    const id = element(
      reply.text,
      idMarker === 'upload-id-marker' ? 'NextUploadIdMarker' : 'NextVersionIdMarker',
    )
    const after = decoded(element(reply.text, 'NextKeyMarker'))
    markers = { 'key-marker': after, ...(id !== '' && { [idMarker]: id }) }
  }
  return entries
}

const decoded = (name: string) => decodeURIComponent(name.replaceAll('+', ' '))
const keyOf = (entry: string) => decoded(element(entry, 'Key'))

/** The answer, or nothing if the request failed: the clean-up goes on with the rest. */
async function answerOf(
  bench: Bench,
  method: 'GET' | 'DELETE',
  key: string | undefined,
  query: Readonly<Record<string, string>>,
): Promise<Reply | undefined> {
  const target = { method, query, ...(key !== undefined && { key }) }
  try {
    return await bench.send(target, AbortSignal.timeout(timeoutMs))
  } catch {
    return undefined
  }
}
