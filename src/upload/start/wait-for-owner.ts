// Waits until another owner of the same upload has ended, and finds out what it stored. We read its journal while
// it runs, because the journal is removed at its end. Contract, rule 5.

import { unlessAborted } from '../../async/signals.ts'
import { decodeJournal } from '../../journal/codec.ts'
import { foldRecords } from '../../journal/fold.ts'
import { type JournalOwner, otherOwner } from '../../journal/ownership.ts'
import type { Clock, Identity, Journal, JournalStore } from '../../ports.ts'
import { findEqualObject } from '../check/find-equal-object.ts'
import { expectedOf } from '../check/look-at-object.ts'
import type { Stored } from '../run/content.ts'
import type { PreviousOwner, SourceRun } from '../run/run.ts'
import { isWanted } from './initiate.ts'

/** Milliseconds between two looks at the owner. */
export const busyPauseMs = 1000
/** The first waits are shorter: an upload that has just started may end soon. */
const firstPauseMs = 50

export interface WaitOptions {
  readonly clock: Clock
  /** False: a busy upload is an error at once. */
  readonly waits: boolean
  readonly signal: AbortSignal
  /** Called once, when it starts to wait for another owner. */
  readonly onBusy: (owner: JournalOwner) => void
}

export interface OpenedJournal {
  readonly journal: Journal
  /** `undefined` if there was no other owner, or if we saw nothing of its work. */
  readonly previousOwner: PreviousOwner | undefined
}

/** Opens the journal. If another owner has it and the caller waits, opens it when that owner has ended. */
export async function openJournal(
  store: JournalStore,
  name: string,
  { clock, waits, signal, onBusy }: WaitOptions,
): Promise<OpenedJournal> {
  let previousOwner: PreviousOwner | undefined
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, busyPauseMs)) {
    try {
      return { journal: await openUnlessAborted(store, name, signal), previousOwner }
    } catch (error) {
      const owner = otherOwner(error)
      if (owner === undefined || !waits) throw error
      if (pauseMs === firstPauseMs) onBusy(owner)
    }
    previousOwner = (await unlessAborted(watch(store, name), signal)) ?? previousOwner
    await clock.sleep(pauseMs, signal)
  }
}

/** Journals that are still being opened although their callers were aborted, by store and name. */
const abandoned = new Map<string, Promise<void>>()

/**
 * A store may need half a minute to decide about a lock. If it opens the journal after the abort, we close it
 * again, and the next call waits for that.
 */
async function openUnlessAborted(
  store: JournalStore,
  name: string,
  signal: AbortSignal,
): Promise<Journal> {
  const id = `${store.location}\n${name}`
  signal.throwIfAborted()
  const earlier = abandoned.get(id)
  if (earlier !== undefined) await unlessAborted(earlier, signal)
  const opening = store.open(name)
  try {
    return await unlessAborted(opening, signal)
  } catch (error) {
    if (signal.aborted) closeLate(id, opening)
    throw error
  }
}

function closeLate(id: string, opening: Promise<Journal>): void {
  const closing = opening
    .then(journal => journal.close())
    .catch(() => {})
    .then(() => {
      if (abandoned.get(id) === closing) abandoned.delete(id)
    })
  abandoned.set(id, closing)
}

async function watch(store: JournalStore, name: string): Promise<PreviousOwner | undefined> {
  try {
    const { records } = decodeJournal((await store.read(name)) ?? new Uint8Array())
    const { upload, ending } = foldRecords(records, name)
    return upload && { upload, ending }
  } catch {
    // Opening the journal will report the reason.
    return undefined
  }
}

/** The object that the owner stored, if it is also what this call wants. */
export async function findObjectOfOwner(
  run: SourceRun,
  identity: Identity,
): Promise<Stored | undefined> {
  const { previousOwner, checkpoint, options } = run
  if (previousOwner === undefined || !checkpoint.isEmpty) return undefined
  const { upload, ending } = previousOwner
  const { intent } = upload
  const known = expectedOf(run, upload, undefined)
  const forbids = intent.headers['x-oss-forbid-overwrite'] === 'true'
  // An object without a mark may be older than the upload.
  if (known.nonce === undefined || options.forbidOverwrite !== forbids) return undefined
  if (!isWanted(run, intent, ending)) return undefined
  return findEqualObject(run, identity, known)
}
