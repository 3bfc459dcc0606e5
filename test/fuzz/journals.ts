// A journal with any bytes in it: damaged, or sound in form and wrong in what it says. With any content, the
// upload stores the right object or fails with one of our errors, and a journal that was refused is left alone.

import { decodeJournal, encodeRecords } from '../../src/journal/codec.ts'
import type { JournalRecord } from '../../src/journal/record.ts'
import type { JournalStore, Random } from '../../src/ports.ts'
import { between, seeded } from '../unit/support/random.ts'
import { key, partSize, uploadBench } from '../unit/support/upload-bench.ts'
import { endOf, expectEqual, fail } from './judge.ts'
import { mutateBytes, noise, pick, strangeValue } from './mutate.ts'

export async function fuzzJournal(seed: number): Promise<void> {
  const random = seeded(seed)
  const bench = uploadBench({ seed, size: between(random, 4, 6) * partSize + 17 })
  const journal = await leave(bench, random)
  const bytes = mutated(random, journal)
  await put(bench.store, bytes)
  const expected = bench.source.bytes
  const first = await endOf(bench.run({ verify: pick(random, ['auto', 'always']) }))
  if (first.kind === 'stored') expectEqual(await bench.oss.object(key), expected)
  else if (first.code === 'JOURNAL_TOO_NEW') {
    const [name = ''] = await bench.store.list()
    const left = (await bench.store.read(name)) ?? new Uint8Array()
    if (Buffer.compare(left, bytes) !== 0) fail('a journal of a newer version was changed')
    return
  }
  // Later runs reach the right object, after any result of the first run.
  for (let attempt = 1; attempt <= 3; attempt++) {
    const next = await endOf(bench.run())
    if (next.kind === 'failed') continue
    expectEqual(await bench.oss.object(key), expected)
    return
  }
  fail('three runs after the first did not store the object')
}

/** Uploads until some requests have passed, and gives what the journal says then. */
async function leave(bench: ReturnType<typeof uploadBench>, random: Random): Promise<Uint8Array> {
  const stop = new AbortController()
  let left = between(random, 1, 12)
  const lose = pick(random, ['nothing', 'InitiateMultipartUpload', 'CompleteMultipartUpload'])
  let isLost = false
  bench.oss.intercept = async ({ operation }, pass) => {
    if (left-- === 0) stop.abort('enough')
    const answer = await pass()
    if (operation !== lose || isLost) return answer
    isLost = true
    if (operation === 'CompleteMultipartUpload') stop.abort('enough')
    return { ...answer, status: 500, headers: {} }
  }
  await endOf(bench.run({ signal: stop.signal, concurrency: 1 }))
  bench.oss.intercept = (_, pass) => pass()
  const [name] = await bench.store.list()
  return (name === undefined ? undefined : await bench.store.read(name)) ?? new Uint8Array()
}

function mutated(random: Random, journal: Uint8Array): Uint8Array {
  switch (pick(random, ['bytes', 'bytes', 'records', 'records', 'noise'])) {
    case 'noise':
      return noise(random, between(random, 1, 2000))
    case 'records':
      return encodeRecords(mutatedRecords(random, decodeJournal(journal).records))
    default:
      return mutateBytes(random, journal)
  }
}

/** Records with right checksums that are out of order, missing, there twice, or say other things. */
function mutatedRecords(random: Random, records: readonly JournalRecord[]): JournalRecord[] {
  const list = [...records]
  for (let edits = between(random, 1, 3); edits > 0 && list.length > 0; edits--) {
    const at = between(random, 0, list.length - 1)
    const to = between(random, 0, list.length - 1)
    const record = list[at]
    if (record === undefined) continue
    switch (pick(random, ['drop', 'double', 'move', 'field', 'field'])) {
      case 'drop':
        list.splice(at, 1)
        break
      case 'double':
        list.splice(to, 0, record)
        break
      case 'move':
        list.splice(at, 1)
        list.splice(to, 0, record)
        break
      default: {
        const field = pick(random, Object.keys(record))
        list[at] = Object.assign({ ...record }, { [field]: strangeValue(random) })
      }
    }
  }
  return list
}

async function put(store: JournalStore, bytes: Uint8Array): Promise<void> {
  const [name] = await store.list()
  if (name === undefined) return
  const journal = await store.open(name)
  await journal.replace(bytes)
  await journal.close()
}
