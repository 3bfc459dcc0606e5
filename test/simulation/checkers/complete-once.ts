// Rule 4: Complete is sent when every part is settled and the intention is journaled, and never again
// without a look at the object in between. What it has stored is not uploaded a second time.

import { NetworkError } from '../../../src/errors.ts'
import type { JournalRecord } from '../../../src/journal/record.ts'
import type { ObjectRecord } from '../../../src/server/store/records.ts'
import { nonceHeader } from '../../../src/upload/run/run.ts'
import type { SimulatedProcess } from '../process.ts'
import { isEqual } from '../simulated-file.ts'
import type { Sent } from '../simulated-network.ts'
import { isOthers } from '../simulated-oss.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

const everyone = 'everyone'

export function completeOnce(world: World): Checker {
  /** Processes that have journaled, and then synced, that they are about to complete. */
  const announced = new Map<number, 'written' | 'synced'>()
  /**
   * Upload ids whose Complete may have worked, with the processes that have looked since: by what knows of it,
   * a disk with its checkpoint, or a process that keeps none. Who finds the upload in the bucket, on another
   * machine or without its checkpoint, cannot know what was done with it, but that it lives.
   */
  const doubtful = new Map<object, Map<string, Set<number | typeof everyone>>>()
  /** Processes whose checkpoint is damaged: it may have lost what was about to be completed. */
  const damaged = new Set<number>()
  /** Upload ids by the disk whose journal has them, and those whose journal was removed. */
  const journaled = new Map<object, Set<string>>()
  const closed = new Set<string>()
  let last:
    | { object: ObjectRecord; bytes: Uint8Array; id: string | undefined; at: number }
    | undefined
  let isTold = true

  function doubtsOf(process: SimulatedProcess) {
    const keeper = process.options.checkpoint ? process.machine.disk : process
    const doubts = doubtful.get(keeper) ?? new Map<string, Set<number | typeof everyone>>()
    doubtful.set(keeper, doubts)
    return doubts
  }

  function checkSend(sent: Sent): void {
    const { by, uploadId = '' } = sent
    const process = world.process(by)
    for (const { sent: other } of world.network.underWay) {
      if (other.by === by && other.operation === 'UploadPart' && other.uploadId === uploadId) {
        world.violate('4 complete', `Complete is sent while part ${other.partNumber} is under way`)
      }
    }
    if (process.options.checkpoint && announced.get(by) !== 'synced') {
      world.violate('4 complete', 'Complete is sent, but nothing in the journal says so')
    }
    const doubts = doubtsOf(process)
    const looked = doubts.get(uploadId)
    const hasLooked = looked === undefined || looked.has(by) || looked.has(everyone)
    if (!hasLooked && world.plan.lock === 'sound') {
      world.violate('4 complete', 'Complete is sent again without a look at the object')
    }
    // Until it is certainly answered, it may have succeeded, even if no process is alive to get the answer.
    doubts.set(uploadId, new Set())
  }

  const isBlind = () => world.plan.denied.includes('oss:GetObject')

  const learn = (process: SimulatedProcess, records: readonly JournalRecord[]) => {
    const { disk } = process.machine
    const ids = journaled.get(disk) ?? new Set()
    journaled.set(disk, ids)
    for (const record of records) if (record.t === 'upload') ids.add(record.id)
  }

  return {
    onOpened(process) {
      // The checkpoint was deleted, or ended with its upload, so its knowledge is lost.
      if (process.found.length === 0 && process.foundDamage === 0) doubtsOf(process).clear()
      learn(process, process.found)
    },
    onEvent({ number }, event) {
      if (event.type === 'warning' && event.code === 'CHECKPOINT_DAMAGED') damaged.add(number)
    },
    onRecords(process, records) {
      learn(process, records)
      for (const record of records) {
        const { t } = record
        if (t === 'completing') announced.set(process.number, 'written')
        // A damaged answer to Complete looks like a wrong object if looking at the object is not allowed. The upload is
        // given up, and a crash keeps that from the caller.
        if (t === 'aborting' && record.why === 'OBJECT_MISMATCH' && isBlind()) isTold = true
        // Who looked and then gave a part up has journaled for all who follow that it was not completed.
        if (t !== 'drop') continue
        const doubts = doubtsOf(process).values()
        for (const looked of doubts) if (looked.has(process.number)) looked.add(everyone)
      }
    },
    onSync(process) {
      if (announced.has(process.number)) announced.set(process.number, 'synced')
    },
    onSend(sent) {
      if (sent.operation === 'CompleteMultipartUpload') checkSend(sent)
      if (sent.operation === 'InitiateMultipartUpload') checkInitiate(sent)
    },
    onSettled(sent) {
      const { operation, uploadId = '', by, state } = sent
      const doubts = doubtsOf(world.process(by))
      if (operation === 'CompleteMultipartUpload' && isRefusal(sent)) doubts.delete(uploadId)
      if (operation !== 'HeadObject' || state !== 'answered') return
      for (const looked of doubts.values()) looked.add(by)
    },
    onStored(event) {
      if (event.kind !== 'stored') return
      const { object, bytes, id } = event
      last = { object, bytes, id, at: world.time.now }
      // A late Complete of an upload whose end was already reported changes nothing.
      isTold = isOthers(object.etag) || (id !== undefined && closed.has(id))
    },
    onEnding(_, ending) {
      if (ending.kind === 'stored') isTold = true
    },
    // From then on nothing is known of it: a crash before the caller gets the result looks like a new call.
    onRemove(process) {
      isTold = true
      const { disk } = process.machine
      for (const id of journaled.get(disk) ?? []) closed.add(id)
      journaled.delete(disk)
    },
    onForgotten() {
      isTold = true
    },
  }

  /** An object stored by an upload in parts is not uploaded again, even if no caller got the result. */
  function checkInitiate({ by }: Sent): void {
    if (last?.id === undefined || isTold || world.plan.lock !== 'sound') return
    if (damaged.has(by) && isBlind()) return
    const process = world.process(by)
    const isShared = world.processes.every(({ machine }) => machine === process.machine)
    const hasCheckpoints = world.processes.every(({ options }) => options.checkpoint)
    const hasNonce = last.object.attributes.headers[nonceHeader] !== undefined
    const isSame =
      hasNonce === process.options.forbidOverwrite &&
      isEqual(last.bytes, world.file.current) &&
      world.file.versions.every(({ since }) => since <= (last?.at ?? 0)) &&
      last.object.attributes.headers['x-oss-meta-version'] === process.options.metadata
    if (isShared && hasCheckpoints && isSame) {
      world.violate('4 complete', 'an upload is started, although its object is already stored')
    }
  }
}

/** An answer that says for certain that nothing was done. */
function isRefusal({ status, code, error }: Sent): boolean {
  if (status === undefined) return error instanceof NetworkError && error.sent === 'nothing'
  return status >= 400 && status < 500 && code !== undefined && code !== 'NoSuchUpload'
}
