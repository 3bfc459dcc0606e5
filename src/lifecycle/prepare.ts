// Before the first request: the checkpoint is opened, and what the steps of an upload share is put
// together.

import { Checkpoint } from '../journal/checkpoint.ts'
import { journalName } from '../journal/name.ts'
import { type JournalOwner, otherOwner } from '../journal/ownership.ts'
import type { UploadEvent } from '../options.ts'
import type { Journal, JournalStore } from '../ports.ts'
import type { ProgressTracker } from '../progress/tracker.ts'
import { limitBandwidth } from '../schedule/bandwidth.ts'
import { Requester } from '../schedule/requester.ts'
import type { Job, Run } from './run.ts'

/** How often a caller who waits looks whether the owner is done. */
export const busyPauseMs = 1000

/**
 * Opens the checkpoint, if the upload needs one, and puts together what its steps share.
 * @param isSmall the source goes as one PutObject, which needs no checkpoint
 */
export async function prepare(
  job: Job,
  isSmall: boolean,
  progress: ProgressTracker,
  signal: AbortSignal,
): Promise<Run> {
  const { clock, options } = job
  const onBusy = (owner: JournalOwner) => progress.event({ type: 'waiting', ...owner })
  const checkpoint = await openCheckpoint(job, isSmall, { signal, onBusy })
  if (checkpoint.damaged > 0) progress.event(damagedWarning(checkpoint.damaged))
  const requester = makeRequester(job, progress, checkpoint.state.upload !== undefined)
  const bandwidth = options.bandwidth > 0 ? limitBandwidth(options.bandwidth, clock) : undefined
  return { ...job, signal, checkpoint, progress, requester, bandwidth }
}

function damagedWarning(records: number): UploadEvent {
  const message = `${records} damaged records of the checkpoint were skipped; what they said is asked of OSS`
  return { type: 'warning', code: 'CHECKPOINT_DAMAGED', message }
}

/** @param patient an upload is continued, so being offline from the start is waited out */
export function makeRequester(
  job: Pick<Job, 'client' | 'clock' | 'random' | 'options'>,
  progress: ProgressTracker,
  patient: boolean,
): Requester {
  const { client, clock, random, options } = job
  return new Requester({
    client,
    clock,
    random,
    attempts: options.attempts,
    idleTimeoutMs: options.idleTimeoutMs,
    offlineTimeoutMs: options.offlineTimeoutMs,
    patient,
    onRetry: ({ error, partNumber, ...retry }) => {
      progress.retried()
      const part = partNumber === undefined ? {} : { partNumber }
      const { code, message: reason } = error
      progress.event({ type: 'retry', ...part, ...retry, code, reason })
    },
    onOffline: error => {
      const since = clock.now()
      progress.offline({ since, until: since + options.offlineTimeoutMs })
      progress.event({ type: 'offline', reason: error.message })
    },
    onOnline: afterMs => {
      progress.offline(undefined)
      progress.event({ type: 'online', afterMs })
    },
  })
}

/** A small source needs no checkpoint, unless an earlier upload of it left one. */
async function openCheckpoint(job: Job, isSmall: boolean, patience: Patience): Promise<Checkpoint> {
  const store = job.options.checkpoint
  const name = journalName(job.place, job.key, job.sourceId)
  if (store === false) return new Checkpoint(undefined, job.clock)
  const location = `${name} in ${store.location}`
  const open = () => openJournal(job, store, name, patience)
  if (isSmall && (await store.read(name)) === undefined) {
    // It may grow across the threshold and be begun in parts after all.
    return new Checkpoint(undefined, job.clock, location, open)
  }
  const journal = await open()
  try {
    return new Checkpoint(journal, job.clock, location)
  } catch (error) {
    await journal.close()
    throw error
  }
}

interface Patience {
  readonly signal: AbortSignal
  /** Told once that another owner is waited for. */
  readonly onBusy: (owner: JournalOwner) => void
}

/** Opens the journal; if another owner has it and the caller would wait, as soon as that one is done. */
async function openJournal(
  job: Job,
  store: JournalStore,
  name: string,
  { signal, onBusy }: Patience,
): Promise<Journal> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await store.open(name)
    } catch (error) {
      const owner = otherOwner(error)
      if (owner === undefined || !job.options.wait) throw error
      if (isFirst) onBusy(owner)
      await job.clock.sleep(busyPauseMs, signal)
    }
  }
}
