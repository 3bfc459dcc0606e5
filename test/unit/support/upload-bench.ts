// One upload on a virtual clock against the local OSS's rules, with everything that a test may want
// to look at or to disturb.

import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'
import { completeOptions, type UploadOptions } from '../../../src/options/upload-options.ts'
import type { JournalStore, Source } from '../../../src/ports.ts'
import type { ProgressSnapshot } from '../../../src/progress/snapshot.ts'
import type { UploadEvent } from '../../../src/progress/upload-event.ts'
import type { HandlerOptions } from '../../../src/server/handler.ts'
import { sourceContent } from '../../../src/upload/content/source-content.ts'
import { upload } from '../../../src/upload/upload.ts'
import { EditableSource } from './editable-source.ts'
import { LocalOss } from './local-oss.ts'
import { seeded } from './random.ts'
import { VirtualClock } from './virtual-clock.ts'

export const key = 'exampledir/file.bin'
export const partSize = 102_400

export function uploadBench(
  setup: { size?: number; ageMs?: number; server?: HandlerOptions; seed?: number } = {},
) {
  const clock = new VirtualClock('jump')
  const oss = new LocalOss(clock, setup.server)
  const store = new MemoryJournalStore()
  const age = setup.ageMs === undefined ? {} : { ageMs: setup.ageMs }
  const source = new EditableSource(clock, setup.size ?? 5 * partSize + 17, age)
  const random = seeded(setup.seed ?? 5)
  const snapshots: ProgressSnapshot[] = []
  const events: UploadEvent[] = []
  const run = (
    options: UploadOptions = {},
    own: { source?: Source; checkpoint?: JournalStore | false; client?: typeof client } = {},
  ) => {
    const content = own.source ?? source
    const job = {
      client: own.client ?? client,
      bucket: oss.bucket,
      key,
      // The map of running uploads is shared by all tests of a process: no two may meet in it.
      place,
      sourceId: content.id,
      sourceName: content.name,
      options: completeOptions(
        {
          partSize,
          multipartThreshold: 3 * partSize,
          onProgress: snapshot => snapshots.push(snapshot),
          onEvent: event => events.push(event),
          ...options,
        },
        { checkpoint: own.checkpoint ?? store, contentType: 'application/octet-stream' },
      ),
      clock,
      random,
    }
    return upload(job, sourceContent(job, content))
  }
  const client = oss.client()
  const place = `oss://cn-hangzhou/bench-${++benches}`
  /** The names of the events, in order, without those of single parts. */
  const eventTypes = () => events.map(({ type }) => type).filter(type => type !== 'part')
  return { clock, oss, store, source, run, client, snapshots, events, eventTypes }
}

let benches = 0
