// Waiting for another owner of the same upload to end, and knowing what it stored when it does: its
// journal is read while it runs, for with its end it is gone. Contract, rule 5.

import { unlessAborted } from '../../async/signals.ts'
import { decodeJournal } from '../../journal/codec.ts'
import { foldRecords } from '../../journal/fold.ts'
import { type JournalOwner, otherOwner } from '../../journal/ownership.ts'
import type { Clock, Identity, Journal, JournalStore } from '../../ports.ts'
import type { FoundObject } from '../check/after-death.ts'
import { findEqualObject } from '../check/find-equal-object.ts'
import { expectedOf } from '../check/look-at-object.ts'
import type { SourceRun, Witness } from '../run/run.ts'
import { isWanted } from './initiate.ts'

/** How often a caller who waits looks whether the owner is done. */
export const busyPauseMs = 1000
/** At first more often: an upload that has just begun may be over soon. */
const firstPauseMs = 50

export interface Patience {
  readonly clock: Clock
  /** False: who is busy is told at once. */
  readonly waits: boolean
  readonly signal: AbortSignal
  /** Told once that another owner is waited for. */
  readonly onBusy: (owner: JournalOwner) => void
}

export interface OpenedJournal {
  readonly journal: Journal
  /** `undefined`: nobody was waited for, or nothing was seen of what they did. */
  readonly witness: Witness | undefined
}

/** Opens the journal; if another owner has it and the caller would wait, as soon as that one is done. */
export async function openJournal(
  store: JournalStore,
  name: string,
  { clock, waits, signal, onBusy }: Patience,
): Promise<OpenedJournal> {
  let witness: Witness | undefined
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, busyPauseMs)) {
    try {
      return { journal: await openUnlessAborted(store, name, signal), witness }
    } catch (error) {
      const owner = otherOwner(error)
      if (owner === undefined || !waits) throw error
      if (pauseMs === firstPauseMs) onBusy(owner)
    }
    witness = (await unlessAborted(watch(store, name), signal)) ?? witness
    await clock.sleep(pauseMs, signal)
  }
}

/** Journals that are still being opened after their callers have left, by store and name. */
const abandoned = new Map<string, Promise<void>>()

/**
 * A store may watch a lock for half a minute. A journal that it opens after the abort is closed again, and the
 * next call for it waits until then.
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

async function watch(store: JournalStore, name: string): Promise<Witness | undefined> {
  try {
    const { records } = decodeJournal((await store.read(name)) ?? new Uint8Array())
    const { upload, ending } = foldRecords(records, name)
    return upload && { upload, ending }
  } catch {
    // What stands in the way is said when the journal is opened.
    return undefined
  }
}

/** The object that the owner stored, if it is all that is wanted here as well. */
export async function findWitnessed(
  run: SourceRun,
  identity: Identity,
): Promise<FoundObject | undefined> {
  const { witness, checkpoint, options } = run
  if (witness === undefined || !checkpoint.isEmpty) return undefined
  const { upload, ending } = witness
  const { intent } = upload
  const known = expectedOf(run, upload, undefined)
  const forbids = intent.headers['x-oss-forbid-overwrite'] === 'true'
  // An object without a mark may be an older one.
  if (known.nonce === undefined || options.forbidOverwrite !== forbids) return undefined
  if (!isWanted(run, intent, ending)) return undefined
  return findEqualObject(run, identity, known)
}
