// Rule 6: the journal never says what OSS did not confirm to this process, and never holds a secret.

import type { JournalRecord } from '../../../src/journal/record.ts'
import type { SimulatedProcess } from '../process.ts'
import { secrets } from '../simulated-oss.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'
import { listedParts } from './listed-parts.ts'

export function journalTruth(world: World): Checker {
  /** What OSS holds, or held: `id/number/etag/size/crc`, upload ids, ETags of objects. */
  const facts = new Set<string>()
  /** Upload ids that no longer exist. */
  const gone = new Set<string>()
  /** What OSS answered a process: `by/id/number/etag`. */
  const told = new Set<string>()
  const current = new Map<number, string>()

  function check(process: SimulatedProcess, record: JournalRecord): void {
    const { number: by } = process
    switch (record.t) {
      case 'upload':
        current.set(by, record.id)
        if (!facts.has(record.id)) lie('an upload id that OSS never gave')
        break
      case 'part': {
        const id = current.get(by)
        const { n, e, s, c } = record
        if (!facts.has(`${id}/${n}/${e}/${s}/${c}`)) lie(`part ${n}, which OSS does not have`)
        else if (!told.has(`${by}/${id}/${n}/${e}`)) lie(`part ${n}, which OSS has not confirmed`)
        break
      }
      case 'aborted':
        if (!gone.has(record.id) && !told.has(`${by}/${record.id} no longer exists`))
          lie('the end of an upload that is still there')
        break
      case 'done':
        if (!facts.has(record.e)) lie('an object that OSS does not have')
        break
    }
    function lie(what: string): void {
      world.violate('6 journal', `the journal of ${process.name} claims ${what}`)
    }
  }

  return {
    onOpened(process) {
      for (const record of process.found) {
        if (record.t === 'upload') current.set(process.number, record.id)
        if (record.t !== 'part') continue
        const { n, e, s, c } = record
        // Two owners that the lock did not keep apart may have mixed their parts up: ListParts will tell.
        if (world.plan.lock !== 'sound')
          facts.add(`${current.get(process.number)}/${n}/${e}/${s}/${c}`)
        told.add(`${process.number}/${current.get(process.number)}/${record.n}/${record.e}`)
      }
    },
    onRecords(process, records, bytes) {
      for (const record of records) check(process, record)
      const text = new TextDecoder().decode(bytes)
      if (Object.values(secrets).some(secret => text.includes(secret))) {
        world.violate('6 journal', 'there is a secret in the journal')
      }
    },
    onSettled({ by, operation, status, code, uploadId, partNumber, answer, answerHeaders }) {
      if (code === 'NoSuchUpload') told.add(`${by}/${uploadId} no longer exists`)
      if (status !== 200) return
      if (operation === 'UploadPart') {
        const etag = answerHeaders?.etag?.replaceAll('"', '')
        told.add(`${by}/${uploadId}/${partNumber}/${etag}`)
      }
      if (operation === 'ListParts') {
        for (const [number, etag] of listedParts(answer ?? '')) {
          told.add(`${by}/${uploadId}/${number}/${etag}`)
        }
      }
    },
    onStored(event) {
      if (event.kind === 'initiated') facts.add(event.upload.id)
      if (event.kind === 'part') {
        const { number, etag, size, crc64 } = event.part
        facts.add(`${event.id}/${number}/${etag}/${size}/${crc64}`)
      }
      if (event.kind === 'aborted' && !event.isKept) gone.add(event.id)
      if (event.kind !== 'stored') return
      facts.add(event.object.etag)
      if (event.id !== undefined) gone.add(event.id)
    },
  }
}
