// A batch of files in memory against the local OSS's rules, on a virtual clock.

import type { BatchOptions, FileOutcome } from '../../../src/batch/batch-options.ts'
import type { Found, FoundFile } from '../../../src/batch/found.ts'
import type { KnownObjects } from '../../../src/batch/known-objects.ts'
import { runBatch } from '../../../src/batch/run-batch.ts'
import { Bucket } from '../../../src/bucket/bucket.ts'
import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'
import { compareKeys } from '../../../src/oss/key-order.ts'
import { EditableSource } from '../support/editable-source.ts'
import { LocalOss } from '../support/local-oss.ts'
import { seeded } from '../support/random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

export function batchBench() {
  const clock = new VirtualClock('jump')
  const oss = new LocalOss(clock)
  const store = new MemoryJournalStore()
  const facts = new Set<string>()
  const known: KnownObjects = {
    has: fact => facts.has(fact),
    add: fact => facts.add(fact),
    close: async () => {},
  }
  const bucket = new Bucket(
    {
      name: oss.bucket,
      region: 'cn-hangzhou',
      credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
    },
    { clock, random: seeded(7), transport: oss },
  )
  const sources = new Map<string, EditableSource>()
  const outcomes: FileOutcome[] = []
  /** Adds a file of that many bytes. */
  const add = (key: string, size: number, ageMs = 60_000) => {
    const source = new EditableSource(clock, size, { name: `/dir/${key}`, ageMs })
    sources.set(key, source)
    return source
  }
  async function* walk(): AsyncGenerator<Found> {
    for (const key of [...sources.keys()].sort(compareKeys)) yield await foundFile(key)
  }
  const foundFile = async (key: string): Promise<FoundFile> => {
    const source = sources.get(key)
    if (source === undefined) throw new Error(`There is no ${key}`)
    const identity = await source.identity()
    return { kind: 'file', path: key, key, id: source.id, identity, open: async () => source }
  }
  const run = async (options: BatchOptions = {}, found: AsyncIterable<Found> = walk()) => {
    outcomes.length = 0
    oss.requests.length = 0
    return runBatch({
      bucket,
      prefix: '',
      found,
      checkpoint: store,
      known,
      options: { onFile: outcome => outcomes.push(outcome), ...options },
      findEarlier: async () => undefined,
    })
  }
  /** How often each operation was asked for in the last run. */
  const counts = () => {
    const counted: Record<string, number> = {}
    for (const { operation } of oss.requests) counted[operation] = (counted[operation] ?? 0) + 1
    return counted
  }
  const outcomeOf = (key: string) => outcomes.find(outcome => outcome.key === key)
  return { clock, oss, store, facts, sources, outcomes, add, foundFile, run, counts, outcomeOf }
}
