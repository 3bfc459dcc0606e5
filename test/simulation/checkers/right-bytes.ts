// Rules 2 and 3: an object is one content that the file had, never a mix of several; and a success means
// that the file still had it when it was looked at last before the object was stored.

import { crc64 } from '../../../src/hash/crc64.ts'
import type { ObjectRecord } from '../../../src/server/store/records.ts'
import { sameIdentity } from '../../../src/source/identity.ts'
import type { SimulatedProcess } from '../process.ts'
import { isEqual } from '../simulated-file.ts'
import { equalsEtag, isOthers } from '../simulated-oss.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

interface StoredOnce {
  readonly id: string | undefined
  readonly at: number
  readonly object: ObjectRecord
  readonly bytes: Uint8Array
}

export function rightBytes(world: World): Checker {
  const foundIds = new Set<string>()
  const isFound = (id: string) => id.startsWith('OSS2') || foundIds.has(id)
  const stored: StoredOnce[] = []
  let corruptedPuts = 0
  /** `by/id` of uploads that a process found in the bucket, or its journal says so. */
  const adopted = new Set<string>()
  /** The same of uploads that a process started. */
  const started = new Set<string>()
  return {
    onOpened({ number, found }) {
      for (const record of found) {
        if (record.t === 'upload' && isFound(record.id)) adopted.add(`${number}/${record.id}`)
      }
    },
    onRecords({ number, found, foundDamage, options }, records) {
      for (const record of records) {
        if (record.t !== 'upload') continue
        const isKnown = found.length > 0 || foundDamage > 0
        if (isFound(record.id) || (!isKnown && options.adopt !== false)) {
          adopted.add(`${number}/${record.id}`)
          foundIds.add(record.id)
        }
      }
    },
    onEvent({ number }, event) {
      if (event.type === 'started') started.add(`${number}/${event.uploadId}`)
    },
    onSend({ operation, fault }) {
      if (operation === 'PutObject' && fault === 'body-corrupted') corruptedPuts++
    },
    onStored(event) {
      if (event.kind !== 'stored' || isOthers(event.object.etag)) return
      const { bytes, object, id } = event
      stored.push({ id, at: world.time.now, object, bytes })
      if (world.file.hadSince(0, bytes)) return
      // A PutObject is stored before its checksum can be compared; it is then sent again.
      if (id === undefined && corruptedPuts-- > 0) return
      world.violate(
        '3 source',
        `an object of ${bytes.length} bytes was stored that never was the file`,
      )
    },
    onEnding(process, ending) {
      if (ending.kind !== 'stored') return
      const { etag, size, crc64: crc, verified, uploadId } = ending.result
      const matching = stored.filter(({ object }) => object.etag === etag)
      // Another owner may have stored the same bytes: the same ETag, and other headers perhaps.
      const own = matching.findLast(({ id }) => id === uploadId && !etag.startsWith(equalsEtag))
      const event = own ?? matching.at(-1)
      if (event === undefined) {
        world.violate('2 integrity', `success with an ETag that OSS never gave: ${etag}`)
        return
      }
      const { bytes } = event
      const isStripped = world.plan.bucket.stripsCrc && world.plan.denied.includes('oss:GetObject')
      // It must not be sent again to be checked, and the warning says that it was not verified.
      const isUnproven = isStripped && verified === 'none' && process.options.forbidOverwrite
      if (size !== bytes.length || (crc !== String(crc64(bytes)) && !isUnproven)) {
        world.violate('2 integrity', `the result says ${size} bytes, CRC-64 ${crc}`)
      }
      // An answer that lost its headers on the way has none either.
      const rivals = ['equal-writer', 'other-writer', 'second-owner']
      // Another writer may have replaced the object before it could be looked at.
      const hasRival = rivals.some(what => world.tally.has(`incident ${what}`))
      const isUntold = isStripped || (world.plan.bucket.stripsCrc && hasRival)
      const isGarbled = isUntold || (world.tally.get('fault answer-garbage') ?? 0) > 0
      if (verified === 'none' && !isGarbled)
        world.violate('2 integrity', 'OSS gave a CRC-64 that was not compared')
      if (isUnproven) return
      if (process.offered !== undefined) {
        if (!isEqual(bytes, process.offered)) {
          world.violate('15 stream', 'success, but the object is not what was offered')
        }
      } else if (!world.file.hadSince(lookBefore(process, event.at, size), bytes)) {
        world.violate('3 source', 'success, but the file had become another before it was stored')
      }
      const metadataOf = ({ object }: StoredOnce) => object.attributes.headers['x-oss-meta-version']
      // What was begun elsewhere has the headers that it was begun with.
      const isAdopted =
        uploadId !== undefined &&
        (isFound(uploadId) ||
          adopted.has(`${process.number}/${uploadId}`) ||
          // Without a checkpoint, no record tells what was adopted.
          (!process.options.checkpoint && !started.has(`${process.number}/${uploadId}`)))
      const isWanted = (one: StoredOnce) => metadataOf(one) === process.options.metadata
      if (!isAdopted && !(own === undefined ? matching.some(isWanted) : isWanted(own))) {
        world.violate('17 headers', `success, but the object has the metadata ${metadataOf(event)}`)
      }
      const isVersioned = world.plan.bucket.versioning === 'Enabled'
      if (isVersioned && !isGarbled && ending.result.versionId === undefined) {
        world.violate('17 versions', 'success, but the result does not name the version')
      }
    },
  }
}

/**
 * When the process had last looked at the file before the object was stored; its start, for an earlier
 * run's object. Where young stamps could not tell that it changed while all of it was read again, with
 * nothing sent meanwhile, that reading was the look: it began after the stamps were looked at before.
 */
function lookBefore({ looks, startedAt }: SimulatedProcess, moment: number, size: number): number {
  const index = looks.findLastIndex(({ at }) => at <= moment)
  const last = looks[index]
  const before = looks[index - 1]
  if (last === undefined) return startedAt
  const isReadAgain =
    before !== undefined &&
    sameIdentity(before.identity, last.identity) &&
    last.requests === before.requests &&
    last.bytesRead - before.bytesRead >= size
  return isReadAgain ? before.at : last.at
}
