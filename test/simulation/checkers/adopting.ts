// Rule 18: only an upload that was asked for, or that the journal or a record of oss2 leads to, is taken
// over; not one whose parts are young, unless forced. Other programs' uploads are left alone.

import type { SimulatedProcess } from '../process.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

/** Stamps are whole seconds. */
const slackMs = 2000
const youngMs = 15 * 60_000

export function adopting(world: World): Checker {
  /** `by/id` of uploads that a process has started, or that a listing showed to be empty. */
  const own = new Set<string>()
  const empty = new Set<string>()
  const youngest = new Map<string, number>()

  function checkTakenOver(process: SimulatedProcess, id: string): void {
    const { number, options, found, foundDamage } = process
    if (own.has(`${number}/${id}`)) return
    // Its own journal, or the rest of it, names the upload.
    if (found.length > 0 || foundDamage > 0 || world.plan.lock !== 'sound') return
    if (id.startsWith('OSS2') && process.machine === world.here) return
    if (options.adopt === false) {
      world.violate('18 adopt', `${process.name} takes over ${id} without a request`)
    }
    const ageMs = world.oss.now() - (youngest.get(id) ?? 0)
    if (options.adopt === true && ageMs < youngMs - slackMs) {
      world.violate(
        '18 adopt',
        `${process.name} takes over ${id}, which got a part ${ageMs} ms ago`,
      )
    }
    world.count('adopted')
  }

  return {
    onRecords(process, records) {
      for (const record of records) if (record.t === 'upload') checkTakenOver(process, record.id)
    },
    onSettled({ by, operation, status, answer = '', uploadId }) {
      if (status !== 200) return
      const id = /<UploadId>(.*?)</.exec(answer)?.[1]
      if (operation === 'InitiateMultipartUpload') own.add(`${by}/${id}`)
      if (operation === 'ListParts' && !answer.includes('<Part>')) empty.add(`${by}/${uploadId}`)
    },
    onSend({ by, operation, uploadId = '' }) {
      if (!world.oss.othersUploads.has(uploadId) || operation === 'ListParts') return
      // It got its part between the look and the Abort.
      if (operation === 'AbortMultipartUpload' && empty.has(`${by}/${uploadId}`)) return
      world.violate('7 others', `${operation} is sent to the upload of another program`)
    },
    onStored(event) {
      if (event.kind === 'part') youngest.set(event.id, world.oss.now())
    },
  }
}
