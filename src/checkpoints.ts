// What the checkpoints of a store say, for a person who wants to know or to tidy up.

import type { Bucket } from './bucket.ts'
import { JournalError } from './errors.ts'
import { decodeJournal } from './journal/codec.ts'
import { type CheckpointState, foldRecords } from './journal/fold.ts'
import { journalName } from './journal/name.ts'
import type { BeginRecord } from './journal/record.ts'
import { giveUp, payDebts } from './lifecycle/debts.ts'
import { prepare } from './lifecycle/prepare.ts'
import { completeOptions } from './options.ts'
import type { JournalStore } from './ports.ts'
import { ProgressTracker } from './progress/tracker.ts'

/** One unfinished upload, as its checkpoint has it. */
export interface CheckpointInfo {
  /** The name of its journal. */
  readonly id: string
  readonly bucket: string
  readonly key: string
  readonly region: string
  readonly endpoint: string
  readonly style: BeginRecord['style']
  /** The source: a file's path. */
  readonly source: string
  readonly uploadId: string | undefined
  /** Bytes of the source when it was last looked at. */
  readonly size: number | undefined
  readonly confirmedBytes: number
  readonly confirmedParts: number
  /** When it was begun, epoch milliseconds. */
  readonly begunAt: number
  /**
   * `owing`: done or given up, but something is left at OSS that could not be removed yet.
   */
  readonly state: 'begun' | 'sending' | 'completing' | 'owing'
}

/** A checkpoint that could not be read, and why. */
export interface UnreadableCheckpoint {
  readonly id: string
  readonly error: Error
}

/** Reads all checkpoints of a store, without their locks. */
export async function listCheckpoints(
  store: JournalStore,
): Promise<{ checkpoints: CheckpointInfo[]; unreadable: UnreadableCheckpoint[] }> {
  const checkpoints: CheckpointInfo[] = []
  const unreadable: UnreadableCheckpoint[] = []
  for (const id of (await store.list()).sort()) {
    try {
      const bytes = await store.read(id)
      if (bytes === undefined) continue
      const state = foldRecords(decodeJournal(bytes).records, `${id} in ${store.location}`)
      if (state.begin === undefined) unreadable.push({ id, error: lostBeginning(id, store) })
      else checkpoints.push(describe(id, state, state.begin))
    } catch (error) {
      unreadable.push({ id, error: error as Error })
    }
  }
  return { checkpoints, unreadable }
}

/**
 * Gives an unfinished upload up: aborts all that it left at OSS and removes its checkpoint.
 * @returns false if there was none.
 * @throws {JournalError} `UPLOAD_BUSY` while it runs; {OssError} if OSS refuses: the checkpoint stays.
 */
export async function discardCheckpoint(
  bucket: Bucket,
  key: string,
  sourceId: string,
  store: JournalStore,
): Promise<boolean> {
  const name = journalName(bucket.place, key, sourceId)
  if ((await store.read(name)) === undefined) return false
  const { clock, random } = bucket.ports
  const job = {
    client: bucket.client,
    bucket: bucket.name,
    key,
    place: bucket.place,
    sourceId,
    sourceName: sourceId,
    options: completeOptions({}, { checkpoint: store, contentType: '' }),
    clock,
    random,
  }
  const progress = new ProgressTracker(clock)
  const run = await prepare(job, false, progress, new AbortController().signal)
  try {
    await giveUp(run, 'discarded')
    await payDebts(run)
    await run.checkpoint.remove()
    return true
  } finally {
    await run.checkpoint.close()
  }
}

/** Its own upload still knows what it is of; nobody else can tell. */
function lostBeginning(id: string, store: JournalStore): JournalError {
  return new JournalError(
    'JOURNAL_UNREADABLE',
    `The checkpoint ${id} in ${store.location} has lost its beginning`,
    {
      hint: 'Run its upload again: it continues all the same',
    },
  )
}

function describe(id: string, state: CheckpointState, begin: BeginRecord): CheckpointInfo {
  const parts = [...state.parts.values()]
  const { bucket, key, region, endpoint, style, source, at } = begin
  return {
    id,
    bucket,
    key,
    region,
    endpoint,
    style,
    source,
    uploadId: state.upload?.id,
    size: state.source?.size,
    confirmedBytes: parts.reduce((sum, part) => sum + part.size, 0),
    confirmedParts: parts.length,
    begunAt: at,
    state: stateOf(state),
  }
}

function stateOf(state: CheckpointState): CheckpointInfo['state'] {
  if (state.done !== undefined) return 'owing'
  if (state.completing !== undefined) return 'completing'
  if (state.upload !== undefined) return 'sending'
  return state.aborting.size + state.intents.size > 0 ? 'owing' : 'begun'
}
