// Skips a single file whose object is already stored, as uploads of many files do.

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  type Bucket,
  discardUpload,
  listCheckpoints,
  type ObjectHead,
  type UploadOptions,
  type Verification,
  verifyObject,
} from '../../runtimes/node/index.ts'
import { formatAddress } from '../args/address.ts'
import type { Shell } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { formatBytes } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import { TransferView } from '../view/transfer-view.ts'

/** Smaller files are read so fast that a message about it is not worth printing. */
const reportedFrom = 64 * 1024 ** 2

interface Wanted {
  readonly bucket: Bucket
  readonly key: string
  readonly file: string
  readonly options: Omit<UploadOptions, 'signal'> & {
    readonly checkpointDir?: string
    readonly trustCheckpointDir?: boolean
  }
}

/**
 * Compares the file with its object. Returns the comparison if the object has the size, the CRC-64 and the
 * headers that the upload would give it. Returns `undefined` if the file must be sent, or if the object
 * cannot be compared. Errors are ignored here: the upload reports them.
 */
export async function alreadyStored(
  { bucket, key, file, options }: Wanted,
  { screen, signal }: Shell,
): Promise<Verification | undefined> {
  if (options.forbidOverwrite === true || hasUnseen(options)) return undefined
  try {
    const source = await stat(file)
    if (!source.isFile()) return undefined
    const head = await bucket.headObject({ key }, { signal })
    if (head.size !== source.size || head.crc64 === undefined || !hasHeaders(head, options)) {
      return undefined
    }
    const state = await checkpointState(bucket, key, file, options)
    if (state === 'unfinished') return undefined
    if (head.size >= reportedFrom) {
      const address = formatAddress({ bucket: bucket.name, key })
      const size = formatBytes(head.size)
      screen.note(`Comparing ${printableLine(file)} with ${address}: both have ${size}`)
    }
    const view = new TransferView(screen)
    const found = await verifyObject(bucket, key, file, {
      signal,
      onProgress: progress => view.progress(progress),
    })
    screen.clear()
    if (found.outcome !== 'equal') return undefined
    if (state === 'unknown') await removeUnreadable(bucket, key, file, options)
    return found
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

/** True if an option is set that HeadObject does not show: whether the object has it cannot be known. */
function hasUnseen({ tags, acl, encryption, callback, headers }: Wanted['options']): boolean {
  return [tags, acl, encryption, callback, headers].some(option => option !== undefined)
}

function hasHeaders(
  { contentType, storageClass, metadata }: ObjectHead,
  options: Wanted['options'],
): boolean {
  const wanted = Object.entries(options.metadata ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ])
  const stored = Object.entries(metadata).filter(([name]) => !name.startsWith('ossup-'))
  return (
    (options.contentType ?? contentType) === contentType &&
    (options.storageClass ?? storageClass) === storageClass &&
    JSON.stringify(wanted.sort()) === JSON.stringify(stored.sort())
  )
}

/**
 * `unfinished` if a checkpoint exists: that upload must be finished, and it finds the missing parts by itself.
 * `unknown` if a checkpoint cannot be read, so that it may belong to this upload.
 */
async function checkpointState(
  { name }: Bucket,
  key: string,
  file: string,
  { checkpointDir, trustCheckpointDir }: Wanted['options'],
): Promise<'none' | 'unfinished' | 'unknown'> {
  const list = await listCheckpoints(defined({ checkpointDir, trustCheckpointDir }))
  const isUnfinished = list.checkpoints.some(
    one => one.bucket === name && one.key === key && resolve(one.source) === resolve(file),
  )
  if (isUnfinished) return 'unfinished'
  return list.unreadable.length > 0 ? 'unknown' : 'none'
}

/** The object is stored, so a damaged checkpoint of its upload is of no use. Does nothing if there is no such one. */
async function removeUnreadable(
  bucket: Bucket,
  key: string,
  file: string,
  { checkpointDir, trustCheckpointDir }: Wanted['options'],
): Promise<void> {
  const place = defined({ checkpointDir, trustCheckpointDir })
  // If that fails, `ossup status` still shows the checkpoint.
  await discardUpload(bucket, key, file, { ...place, offlineTimeoutMs: 0 }).catch(() => {})
}
