// Before the first request: opens the checkpoint, and makes the `Run` that all steps of an upload share.

import { unlessAborted } from '../../async/signals.ts'
import { Checkpoint } from '../../journal/checkpoint.ts'
import { journalName } from '../../journal/name.ts'
import type { JournalOwner } from '../../journal/ownership.ts'
import type { CompleteOptions } from '../../options/upload-options.ts'
import type { Clock } from '../../ports.ts'
import type { ProgressTracker } from '../../progress/tracker.ts'
import type { UploadEvent } from '../../progress/upload-event.ts'
import { type Bandwidth, limitBandwidth } from '../../schedule/bandwidth.ts'
import { makeRequester } from '../../schedule/make-requester.ts'
import type { Job, PreviousOwner, Run } from '../run/run.ts'
import { openJournal, type WaitOptions } from './wait-for-owner.ts'

/**
 * Opens the checkpoint, if the upload needs one, and makes the `Run`.
 * @param isSmall true if the source is sent in one PutObject, which needs no checkpoint
 */
export async function prepare(
  job: Job,
  isSmall: boolean,
  progress: ProgressTracker,
  signal: AbortSignal,
): Promise<Run> {
  const { clock, options } = job
  const onBusy = (owner: JournalOwner) => progress.event({ type: 'waiting', ...owner })
  const waiting = { clock, waits: options.wait, signal, onBusy }
  const { checkpoint, previousOwner } = await openCheckpoint(job, isSmall, waiting)
  if (checkpoint.damaged > 0) progress.event(damagedWarning(checkpoint.damaged))
  const isPatient = options.isPatient || checkpoint.state.upload !== undefined
  const requester = makeRequester(job, { ...options, isPatient }, progress)
  const bandwidth = job.shared ? job.shared.bandwidth : bandwidthOf(options, clock)
  return {
    ...job,
    signal,
    checkpoint,
    previousOwner,
    progress,
    requester,
    bandwidth,
    checksums: { needMd5: false },
    found: { uploadId: undefined, hasOtherHeaders: false },
    overwriting: { isEnforced: true, hasLooked: false },
  }
}

/** The bandwidth limit of the options, if they have one. */
export function bandwidthOf({ bandwidth }: CompleteOptions, clock: Clock): Bandwidth | undefined {
  return bandwidth > 0 ? limitBandwidth(bandwidth, clock) : undefined
}

function damagedWarning(records: number): UploadEvent {
  const message = `${records} damaged records of the checkpoint were skipped; what they said is asked of OSS`
  return { type: 'warning', code: 'CHECKPOINT_DAMAGED', message }
}

interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint
  readonly previousOwner?: PreviousOwner | undefined
}

/** A small source needs no checkpoint, unless an earlier upload of it left one. */
async function openCheckpoint(
  job: Job,
  isSmall: boolean,
  waiting: WaitOptions,
): Promise<OpenedCheckpoint> {
  const store = job.options.checkpoint
  if (store === false) return { checkpoint: new Checkpoint(undefined, job.clock) }
  const nameIt = () => journalName(job.place, job.key, job.sourceId)
  const mayBeBegun = job.shared?.hasJournals() !== false
  const isBegun = async () =>
    mayBeBegun && (await unlessAborted(store.read(nameIt()), waiting.signal)) !== undefined
  if (isSmall && !(await isBegun())) {
    // It may grow beyond the threshold and be sent in parts.
    const open = async () => (await openJournal(store, nameIt(), waiting)).journal
    return { checkpoint: new Checkpoint(undefined, job.clock, '', open) }
  }
  const name = nameIt()
  const location = `${name} in ${store.location}`
  const { journal, previousOwner } = await openJournal(store, name, waiting)
  try {
    return { checkpoint: new Checkpoint(journal, job.clock, location), previousOwner }
  } catch (error) {
    await journal.close()
    throw error
  }
}
