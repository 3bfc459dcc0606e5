// Reads the checkpoints of a store, for a user who wants to see, continue or clean up uploads.

import type { BucketOptions } from '../bucket/bucket-options.ts'
import { JournalError, OptionError } from '../errors.ts'
import { has } from '../foreign/web.ts'
import { decodeJournal } from '../journal/codec.ts'
import { type CheckpointState, foldRecords } from '../journal/fold.ts'
import type { BeginRecord, JournalRecord } from '../journal/record.ts'
import { type AddressOptions, placeOf, resolveAddress } from '../oss/endpoint.ts'
import type { JournalLook, JournalStore } from '../ports.ts'
import { type SourceKind, sourceKindOf } from '../source/source-kind.ts'
import { isOver } from '../upload/cleanup/given-up.ts'
import { checkArgument } from '../validation/check-options.ts'
import { isPlain } from '../validation/plain.ts'
import { rule } from '../validation/rule.ts'

/** One unfinished upload, from its checkpoint. */
export interface CheckpointInfo {
  /** The id of the checkpoint, which is also the name of its journal. */
  readonly id: string
  readonly bucket: string
  readonly key: string
  readonly region: string
  readonly endpoint: string
  readonly style: BeginRecord['style']
  /**
   * The source: the absolute path of a file; for other sources their kind and id, such as `stream:`,
   * `bytes:<size>:<crc64>` or `blob:<name>:<size>:<modified>`.
   */
  readonly source: string
  /** A `file` can be opened again from its path. For other kinds, the program has to give the source again. */
  readonly sourceKind: SourceKind
  readonly uploadId: string | undefined
  /** Bytes of the source at the last look; `undefined` if not known, as for a stream before its end. */
  readonly size: number | undefined
  readonly confirmedBytes: number
  readonly confirmedParts: number
  /** When the upload was started, epoch milliseconds. */
  readonly startedAt: number
  /** When the checkpoint last changed, epoch milliseconds. Earlier than that if the store does not know. */
  readonly updatedAt: number
  /** The owner that runs this upload now. */
  readonly owner: JournalLook['owner']
  /**
   * `started`: it has no upload id. `sending`: OSS has an upload id and may have parts. `completing`: all parts were
   * sent. `cleanup`: the upload was finished or discarded, and only pending aborts can remain.
   */
  readonly state: 'started' | 'sending' | 'completing' | 'cleanup'
  /** Uploads at OSS that must be aborted. The next run of the upload aborts them, or `clean` does. */
  readonly pendingAborts: {
    /** Ids of discarded uploads that OSS may still have. */
    readonly uploadIds: readonly string[]
    /** The number of Initiates without an answer: each may have left an empty upload. */
    readonly intents: number
  }
}

/** A checkpoint that could not be read, and why. */
export interface UnreadableCheckpoint {
  readonly id: string
  readonly error: Error
}

/** The checkpoints of a store. */
export interface CheckpointList {
  /** The checkpoints, in the order in which their uploads were started. */
  readonly checkpoints: readonly CheckpointInfo[]
  readonly unreadable: readonly UnreadableCheckpoint[]
}

/** One checkpoint that was read. */
export interface FoundCheckpoint {
  readonly begin: BeginRecord
  readonly state: CheckpointState
  readonly records: readonly JournalRecord[]
}

/** Reads all checkpoints of a store, without their locks. */
export async function listCheckpoints(store: JournalStore): Promise<CheckpointList> {
  const checkpoints: CheckpointInfo[] = []
  const unreadable: UnreadableCheckpoint[] = []
  for (const id of (await store.list()).sort()) {
    try {
      const found = await readCheckpoint(store, id)
      if (found !== undefined) checkpoints.push(describe(id, found, (await store.look?.(id)) ?? {}))
    } catch (error) {
      unreadable.push({ id, error: error as Error })
    }
  }
  checkpoints.sort((a, b) => a.startedAt - b.startedAt)
  return { checkpoints, unreadable }
}

/**
 * Reads one checkpoint, without its lock; `undefined` if it does not exist.
 * @throws {JournalError} `JOURNAL_UNREADABLE` or `JOURNAL_TOO_NEW`.
 */
export async function readCheckpoint(
  store: JournalStore,
  id: string,
): Promise<FoundCheckpoint | undefined> {
  const bytes = await store.read(id)
  if (bytes === undefined) return undefined
  const location = `${id} in ${store.location}`
  const { records } = decodeJournal(bytes)
  const state = foldRecords(records, location)
  if (state.begin !== undefined) return { begin: state.begin, state, records }
  // The record that names the upload is damaged. Only the upload itself can use this checkpoint.
  throw new JournalError(
    'JOURNAL_UNREADABLE',
    `The checkpoint ${location} has lost its beginning`,
    {
      hint: 'Run its upload again: it continues all the same',
    },
  )
}

/**
 * Options for a `Bucket` that leads to where the upload was started.
 * @param configured where requests may go: region and endpoint as your program has them. The result leads
 * there, if that is the place where the upload was started. Without it, the checkpoint alone decides
 * where your credentials and the file go: then make sure that no other user can write it.
 * @throws {OptionError} `INVALID_CHECKPOINT`; `ENDPOINT_DIFFERS` if the checkpoint names another place than `configured`
 */
export function bucketOptionsOf(
  checkpoint: CheckpointPlaceInfo,
  configured: AddressOptions = {},
): BucketOptions {
  const { bucket, region, endpoint, style } = checkArgument('checkpoint', checkpoint, placeInfo)
  checkArgument('configured', configured, address)
  const own = {
    name: bucket,
    region,
    endpoint,
    ...(style === 'cname' && { cname: true }),
    ...(style === 'path' && { pathStyle: true }),
  }
  const { internal, accelerate } = configured
  if (configured.endpoint === undefined && configured.region === undefined) {
    return internal || accelerate ? { ...configured, name: bucket, region } : own
  }
  const wanted = { ...configured, name: bucket }
  const [started, now] = [resolveAddress(own), resolveAddress(wanted)]
  if (placeOf(started) === placeOf(now)) return wanted
  throw new OptionError(
    'ENDPOINT_DIFFERS',
    `The upload was started at ${started.origin}, but the configured endpoint leads to ${now.origin}`,
    {
      hint: nameOf =>
        `Set ${nameOf('endpoint')} to the one that you want; ${nameOf('trustCheckpointDir')} goes where the checkpoint says`,
      options: ['endpoint'],
    },
  )
}

/** Where the upload of a checkpoint was started. */
type CheckpointPlaceInfo = Pick<CheckpointInfo, 'bucket' | 'region' | 'endpoint' | 'style'>

const placeInfo = rule('an entry of listCheckpoints', (value): value is CheckpointPlaceInfo =>
  has(value, { bucket: 'string', region: 'string', endpoint: 'string', style: 'string' }),
)

const address = rule(
  '{ region?, endpoint?, internal?, accelerate?, cname?, pathStyle? }',
  (value): value is AddressOptions =>
    isPlain(value) &&
    ['region', 'endpoint'].every(name =>
      ['string', 'undefined'].includes(typeof Reflect.get(value, name)),
    ),
)

function describe(id: string, found: FoundCheckpoint, look: JournalLook): CheckpointInfo {
  const { begin, state, records } = found
  const parts = [...state.parts.values()]
  const { bucket, key, region, endpoint, style, source, at } = begin
  return {
    id,
    bucket,
    key,
    region,
    endpoint,
    style,
    source,
    sourceKind: sourceKindOf(source),
    uploadId: state.upload?.id,
    size: sizeOf(source, state),
    confirmedBytes: parts.reduce((sum, part) => sum + part.size, 0),
    confirmedParts: parts.length,
    startedAt: at,
    updatedAt: look.changedAt ?? lastMoment(records),
    owner: look.owner,
    state: stateOf(state),
    pendingAborts: { uploadIds: [...state.aborting.keys()], intents: state.intents.size },
  }
}

/** A stream has a recorded size of 0 until its end is known. An empty stream is never sent in parts. */
function sizeOf(source: string, state: CheckpointState): number | undefined {
  const size = state.source?.size
  return size === 0 && sourceKindOf(source) === 'stream' ? undefined : size
}

/** The latest time in the records. Records of parts have no time, so the last change may have been much later. */
function lastMoment(records: readonly JournalRecord[]): number {
  return Math.max(0, ...records.map(record => ('at' in record ? record.at : 0)))
}

function stateOf(state: CheckpointState): CheckpointInfo['state'] {
  if (isOver(state)) return 'cleanup'
  if (state.completing !== undefined) return 'completing'
  return state.upload === undefined ? 'started' : 'sending'
}
