// Rule 7: once an upload has succeeded and its pending aborts are done, OSS holds no upload of ours any more; what
// cannot be cleaned up was reported as a warning.

import { bucketName } from '../process.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

export function nothingLeft(world: World): Checker {
  let warnings = 0
  /** Of them: empty uploads that may be ours or another's. */
  let undecided = 0
  let lateInitiates = 0
  let wasLate = false
  /** Intents without a time of OSS's clock, by nonce: no answer had carried it before they were left. */
  const undated = new Map<string, 'not' | 'not synced'>()
  /** What deleted checkpoints said. */
  const forgotten: string[] = []
  return {
    onForgotten(contents) {
      forgotten.push(new TextDecoder().decode(contents))
    },
    onOpened() {
      // A power cut may have taken what was not synced.
      for (const nonce of undated.keys()) undated.set(nonce, 'not')
    },
    onRecords(_, records) {
      for (const record of records) {
        if (record.t !== 'intent' && record.t !== 'upload') continue
        if (record.t === 'intent' && record.oss === undefined) undated.set(record.nonce, 'not')
        else if (undated.has(record.nonce)) undated.set(record.nonce, 'not synced')
      }
    },
    onSync() {
      for (const [nonce, is] of undated) if (is === 'not synced') undated.delete(nonce)
    },
    onEvent(_, event) {
      if (event.type !== 'warning' || event.code !== 'LEFT_BEHIND') return
      warnings++
      if (event.message.includes("ours or another's")) undecided++
    },
    onSend({ operation, fault }) {
      if (operation === 'InitiateMultipartUpload' && fault === 'late') {
        lateInitiates++
        wasLate = true
      }
    },
    async atEnd() {
      const { oss, plan, here, elsewhere, processes } = world
      for (const { id } of await oss.store.uploads(bucketName)) {
        if (oss.othersUploads.has(id)) continue
        const parts = await oss.store.parts(bucketName, id)
        const happened = (what: string) => (world.tally.get(`incident ${what}`) ?? 0) > 0
        // No process knows of it any more: what a deleted checkpoint named, or the empty one of its intent.
        const isForgotten = forgotten.some(
          text =>
            text.includes(id) ||
            // A power cut may have cost the record of the id, but not the intent before it.
            ((parts.length === 0 || happened('power-cut')) && text.includes('"intent"')),
        )
        if (isForgotten) continue
        const isKnown = [here, elsewhere].some(({ disk }) =>
          disk.names().some(name => Buffer.from(disk.contents(name)).includes(id)),
        )
        // A journal on the other machine still knows of it, or of its intent.
        const isOwedElsewhere = elsewhere.disk.names().length > 0
        if (isOwedElsewhere && (isKnown || parts.length === 0)) continue
        // Two owners, at once or one after the other on two machines, cannot tell their empty uploads
        // apart, and say so.
        const hasTwoOwners =
          happened('second-owner') || new Set(processes.map(({ machine }) => machine)).size > 1
        // An Initiate that arrives after its search looks like that of another owner.
        if (parts.length === 0 && (hasTwoOwners || wasLate) && undecided > 0) continue
        // Without a reliable lock, or without a journal, this is not promised.
        if (plan.lock !== 'sound' && happened('second-owner')) continue
        // An intent and an upload are matched by their times. Where OSS gave none, in the whole run or in what
        // is left of a damaged journal, there is only our own clock, and its jump hides one from the other.
        const isUntold = undated.size > 0 || processes.some(({ foundDamage }) => foundDamage > 0)
        if (parts.length === 0 && happened('clock-jump') && isUntold) continue
        if (processes.some(({ options }) => !options.checkpoint)) continue
        // It reached OSS after the search for it.
        if (parts.length === 0 && lateInitiates-- > 0) continue
        if (isDenied(parts.length === 0) && warnings > 0) continue
        world.violate('7 orphans', `${id} is left with ${parts.length} parts`)
      }
    },
  }

  function isDenied(isEmpty: boolean): boolean {
    const { denied } = world.plan
    if (denied.includes('oss:AbortMultipartUpload')) return true
    const search = ['oss:ListMultipartUploads', 'oss:ListParts'] as const
    return isEmpty && search.some(action => denied.includes(action))
  }
}
