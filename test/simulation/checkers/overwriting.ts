// Rules 4 and 17: with forbid-overwrite nothing is replaced, and our own object is not mistaken for
// another's. Without it, an object that another client stored over ours is left alone unless the upload is requested again.

import { isOssupError } from '../../../src/errors.ts'
import { foldRecords } from '../../../src/journal/fold.ts'
import type { ObjectRecord } from '../../../src/server/store/records.ts'
import { nonceHeader } from '../../../src/upload/run/run.ts'
import type { SimulatedProcess } from '../process.ts'
import type { Sent } from '../simulated-network.ts'
import { equalsEtag, isOthers } from '../simulated-oss.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

export function overwriting(world: World): Checker {
  /** Processes by the uploads they tried to complete, and the nonces of their PutObjects, '' where they have none. */
  const claims = new Map<string, Set<number>>()
  const initiatedAt = new Map<string, number>()
  /** ETags of the objects that uploads became, by upload id. */
  const stored = new Map<string, string>()
  /** Upload ids whose object another writer has replaced. */
  const replaced = new Set<string>()
  /** `by/id` of uploads whose object a process was shown: it is in no doubt, and may want another by now. */
  const seen = new Set<string>()
  let last: { object: ObjectRecord; id: string | undefined } | undefined
  let others = 0

  /** When each process asked for the object last, by HEAD, and was answered. */
  const looks = new Map<number, number>()
  const storedAt = new Map<ObjectRecord, number>()

  /** Processes whose requests have stored something. */
  const writers = new Set<number>()

  function claim(sent: Sent, name = ''): void {
    const owners = claims.get(name) ?? new Set()
    claims.set(name, owners.add(sent.by))
  }

  return {
    onSend(sent) {
      const { operation, request, uploadId, by } = sent
      if (operation !== 'PutObject' && operation !== 'CompleteMultipartUpload') return
      // With a broken lock, another owner may have completed the upload already. Then this Complete stores nothing.
      const isStored = stored.has(uploadId ?? '') && world.plan.lock !== 'sound'
      if (!isStored)
        claim(sent, operation === 'PutObject' ? request.headers[nonceHeader] : uploadId)
      const process = world.process(by)
      if (process.options.forbidOverwrite && request.headers['x-oss-forbid-overwrite'] !== 'true') {
        world.violate('17 headers', `${operation} does not forbid to overwrite`)
      }
      for (const id of replaced) {
        // In the same run, or in the next one, which finds in the journal that it was completing.
        const isOwn = claims.get(id)?.has(by)
        const { upload, completing, done } = stateFound(by)
        const isFound =
          upload?.id === id &&
          completing !== undefined &&
          done === undefined &&
          !seen.has(`${by}/${id}`)
        if ((isOwn || isFound) && world.plan.lock === 'sound') {
          world.violate('4 overwritten', `${operation} is sent over another writer's object`)
        }
      }
    },
    onSettled({ operation, by, at, status, answerHeaders }) {
      if (operation !== 'HeadObject') return
      if (status === 200 || status === 404) looks.set(by, at)
      if (status !== 200) return
      const etag = answerHeaders?.etag?.replaceAll('"', '')
      for (const [id, own] of stored) if (own === etag) seen.add(`${by}/${id}`)
    },
    onStored(event) {
      if (event.kind === 'initiated') initiatedAt.set(event.upload.id, event.upload.initiatedAt)
      if (event.kind !== 'stored') return
      const { object, id } = event
      const claimants = claims.get(id ?? markOf(object)) ?? new Set()
      for (const by of claimants) writers.add(by)
      checkReplaced(event.replaced, claimants)
      storedAt.set(object, world.time.now)
      if (object.etag.startsWith(equalsEtag)) others++
      if (isOthers(object.etag)) {
        others++
        // Within one second OSS's stamps do not tell which came first.
        const isLater = secondOf(object.modifiedAt) > secondOf(initiatedAt.get(last?.id ?? '') ?? 0)
        if (last?.id !== undefined && isLater) replaced.add(last.id)
      }
      if (id !== undefined) stored.set(id, object.etag)
      last = { object, id }
    },
    onEnding(process, ending) {
      const { number, name, options } = process
      if (ending.kind === 'stored' && options.forbidOverwrite && !isUnmarked(process)) {
        if (ending.result.etag.startsWith(equalsEtag)) {
          world.violate('4 complete', `${name} takes another's object for its own`)
        }
      }
      if (ending.kind === 'stored' && options.forbidOverwrite) {
        const { versioning } = world.plan.bucket
        const claimed = ending.result.forbidOverwrite
        if (versioning !== undefined && claimed === 'enforced') {
          world.violate('17 overwriting', `${name} says that OSS enforces it, which it does not`)
        }
      }
      if (ending.kind !== 'failed' || !isOssupError(ending.error)) return
      const { code } = ending.error
      if (code === 'FileAlreadyExists' && last !== undefined) {
        const mark = last.id ?? markOf(last.object)
        // A PutObject has a mark only where it must not overwrite: without one nothing proves whose it is.
        const isOwn = mark !== '' && claims.get(mark)?.has(number)
        if (isOwn && !world.plan.denied.includes('oss:GetObject')) {
          world.violate('4 complete', `${name} takes its own object for another's`)
        }
      }
      if (code !== 'OVERWRITTEN_ELSEWHERE') return
      if (others === 0 && !hasRival(process)) {
        world.violate('4 overwritten', `${name} reports another writer although no other wrote`)
      }
    },
  }

  /** Where OSS ignores forbid-overwrite, the processes look, and replace nothing that they were shown. */
  function checkReplaced(replaced: ObjectRecord | undefined, claimants: ReadonlySet<number>): void {
    const { bucket, denied, lock } = world.plan
    if (replaced === undefined || bucket.versioning === undefined || lock !== 'sound') return
    if (denied.includes('oss:GetObject')) return
    const since = storedAt.get(replaced) ?? 0
    for (const by of claimants) {
      const lookedAt = looks.get(by)
      if (!world.process(by).options.forbidOverwrite || claims.get(markOf(replaced))?.has(by))
        continue
      if (lookedAt === undefined || lookedAt > since) {
        world.violate('17 overwriting', `process ${by} replaced an object that it must not replace`)
      }
    }
  }

  /** Another client has written to the key, so its writes are not in the journal of this process. */
  function hasRival({ number, machine, options }: SimulatedProcess): boolean {
    if (world.plan.lock !== 'sound' && world.tally.has('incident second-owner')) return true
    return [...writers].some(by => {
      const writer = world.process(by)
      const isJournaled = writer.options.checkpoint && options.checkpoint
      return by !== number && (writer.machine !== machine || !isJournaled)
    })
  }

  /**
   * An earlier run was about to complete an upload that did not forbid to overwrite, and so has no mark:
   * an equal object may be its own, and refusing it would be as wrong.
   */
  function isUnmarked({ number }: SimulatedProcess): boolean {
    const { upload, completing } = stateFound(number)
    return completing !== undefined && upload?.intent.headers[nonceHeader] === undefined
  }

  function stateFound(by: number) {
    return foldRecords(world.process(by).found, '')
  }
}

function markOf({ attributes }: ObjectRecord): string {
  return attributes.headers[nonceHeader] ?? ''
}

function secondOf(moment: number): number {
  return Math.floor(moment / 1000)
}
