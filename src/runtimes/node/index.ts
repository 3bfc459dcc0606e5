// `ossup` on Node.js: the portable core with Node's clock, network, files and environment.

import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { BatchResult } from '../../batch/batch-options.ts'
import {
  Bucket as CoreBucket,
  type BucketOptions as CoreBucketOptions,
} from '../../bucket/bucket.ts'
import {
  type CheckpointList,
  listCheckpoints as listAll,
  readCheckpoint,
} from '../../checkpoints/checkpoints.ts'
import {
  discardCheckpoint as discardById,
  discardUpload as discardByName,
  type TidyOptions,
} from '../../checkpoints/discard-checkpoint.ts'
import {
  type ResumeOptions,
  resumeCheckpoint as resumeById,
} from '../../checkpoints/resume-checkpoint.ts'
import { isOssupError, OptionError, SourceError } from '../../errors.ts'
import { quietly } from '../../foreign/quietly.ts'
import { isUrl } from '../../foreign/web.ts'
import type { JournalOwner } from '../../journal/ownership.ts'
import { refuseUnknownOptions } from '../../options/option-names.ts'
import {
  type UploadOptions as CoreUploadOptions,
  type UploadResult,
  uploadOptionNames,
} from '../../options/upload-options.ts'
import { fromEnvironment } from '../../oss/credentials.ts'
import {
  credentialsSigner as portableSigner,
  type Signer,
  type SignerOptions,
} from '../../oss/signer.ts'
import type { CredentialsProvider, JournalStore, Source } from '../../ports.ts'
import type { UploadEvent } from '../../progress/upload-event.ts'
import { sourceKindOf } from '../../source/source-kind.ts'
import { uploadFrom } from '../../upload/resumable-upload.ts'
import { nodeObserver } from './diagnostics.ts'
import { openFileSource } from './files/file-source.ts'
import { expectError, openSource, pathOf, type UploadSource } from './files/open-source.ts'
import {
  type CertificateReport,
  type ConnectionReport,
  type InspectOptions,
  inspectConnection,
} from './http/inspect-connection.ts'
import { type NetworkOptions, proxyChoice } from './http/network-options.ts'
import { nodeTransport } from './http/transport.ts'
import { type FileJournalStoreOptions, fileJournalStore } from './journal/file-journal-store.ts'
import { findOss2Record } from './journal/oss2-record.ts'
import { nodeClock } from './platform/clock.ts'
import { nodeHash } from './platform/hash.ts'
import { nodeRandom } from './platform/random.ts'
import { type HeldSpool, reopenSpool, spoolStream } from './spool/spool.ts'
import { listSpoolFiles, removeSpoolFile, type SpoolFile } from './spool/spool-files.ts'
import { type UploadFilesOptions, uploadAll } from './upload-files.ts'

export * from '../../index.ts'
export {
  bucketOptionsFromConfig,
  type ConfigOptions,
  type CredentialsLink,
  type CredentialsOptions,
  type CredentialsProcess,
  defaultCredentials,
  describeLink,
  type EcsRole,
  explainCredentials,
  fromAssumedRole,
  fromCredentialsUri,
  fromEcsRole,
  fromOidcRole,
  fromProcess,
  type OidcRole,
  type Role,
} from './credentials/index.ts'
export { type DownloadOptions, downloadObject, verifyObject } from './read-objects.ts'
export {
  type CertificateReport,
  type ConnectionReport,
  type FileJournalStoreOptions,
  fileJournalStore,
  type InspectOptions,
  inspectConnection,
  listSpoolFiles,
  type NetworkOptions,
  nodeTransport,
  removeSpoolFile,
  type SpoolFile,
  type UploadFilesOptions,
  type UploadSource,
}

/** Where a bucket is, who asks, and over which network. */
export interface BucketOptions extends CoreBucketOptions {
  /** Proxy and certificates; those of the environment unless told otherwise. */
  network?: NetworkOptions | undefined
}

/** How an upload is done. All of them may be left out. */
export interface UploadOptions extends CoreUploadOptions {
  /**
   * The folder of the checkpoint files; made when it is first needed.
   * @default `~/.ossup/checkpoints`
   */
  checkpointDir?: string | undefined
  /**
   * A stream is first written to a file in this folder, which is uploaded and then removed. So the upload
   * goes on after any interruption without the stream (`resumeCheckpoint`), and a stream of any length
   * fits; it takes as much room as the stream has bytes. Sources that are no streams are not affected.
   * @default none: a stream is sent while it is read
   * @throws {OptionError} `INVALID_SPOOL_DIR`; {SourceError} `SPOOL_FAILED` if there is no room
   */
  spoolDir?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Credentials from `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and `OSS_SESSION_TOKEN`, read when asked for.
 * `defaultCredentials` looks into files and at the machine as well.
 */
export function fromEnv(env: Environment = process.env): CredentialsProvider {
  return fromEnvironment(env)
}

/**
 * Signs on this machine, for requests that are sent from another: what a server that keeps the secret to
 * itself answers with. It signs whatever it is asked to; look at the request first.
 */
export function credentialsSigner(options: Omit<SignerOptions, 'hash'>): Signer {
  return portableSigner({ ...options, hash: nodeHash() })
}

/** A bucket, reached through Node's network. Without `credentials` they come from the environment. */
export class Bucket extends CoreBucket {
  constructor({ network, ...options }: BucketOptions) {
    const hasSigner = options.credentials !== undefined || options.signer !== undefined
    super(hasSigner ? options : { ...options, credentials: fromEnv() }, {
      clock: nodeClock,
      random: nodeRandom,
      transport: nodeTransport(network),
      hash: nodeHash(),
      observer: nodeObserver,
      optionsTaken: ['network'],
    })
    // A variable that names no proxy is told now, before an upload has begun anything.
    proxyChoice(network?.proxy)(new URL(this.client.address.origin))
  }
}

/**
 * Uploads a file or bytes as `key` of the bucket. After a crash, a kill or a lost network the same
 * call continues: what OSS has confirmed is not sent again.
 * @throws {OssupError} whose `resumable` tells whether the same call continues.
 */
export async function resumableUpload(
  bucket: CoreBucket,
  key: string,
  source: UploadSource,
  options: UploadOptions = {},
): Promise<UploadResult> {
  expectError(source)
  refuseUnknownOptions(options, ['checkpointDir', 'spoolDir', ...uploadOptionNames])
  const { checkpointDir, spoolDir, ...rest } = options
  if (spoolDir !== undefined && (typeof spoolDir !== 'string' || spoolDir === '')) {
    throw new OptionError('INVALID_SPOOL_DIR', `spoolDir is '${spoolDir}'`, {
      hint: 'Allowed: the path of a folder',
    })
  }
  const store = storeFor(options)
  const roots = [...(checkpointDir === undefined ? [] : [checkpointDir]), homedir()]
  let spooled: HeldSpool | undefined
  const openOrSpool = async () => {
    const opened = await openSource(source)
    if (spoolDir === undefined || 'identity' in opened) return opened
    const { expectedSize, signal, wait, onEvent } = options
    const tell = (event: UploadEvent) => quietly(() => onEvent?.(event))
    const onBusy = (owner: JournalOwner) => tell({ type: 'waiting', ...owner })
    const onWritten = (bytes: number, isWhole: boolean) =>
      tell({ type: 'spooling', bytes, isWhole })
    const patience = { waits: wait === true, signal, onBusy }
    const { place } = bucket
    const spool = { directory: spoolDir, place, key, expectedSize, signal, patience, onWritten }
    spooled = await spoolStream(opened, spool)
    return spooled.source
  }
  let goesOn = false
  try {
    return await uploadFrom(bucket, key, openOrSpool, rest, store, path =>
      findOss2Record(roots, bucket.name, key, path),
    )
  } catch (error) {
    // What nothing goes on from is of no use.
    goesOn = !isOssupError(error) || error.resumable
    throw error
  } finally {
    await spooled?.end(goesOn)
  }
}

/**
 * Uploads files and all that is in folders, below a prefix. The contents of a folder go below the
 * prefix, its own name is not part of the keys; a file that is named goes there by its name. What is
 * there already with the same size and CRC-64 is not sent. Each file is an upload of its own, which
 * continues where an earlier call left off; all of them share `concurrency` and `bandwidth`.
 * docs/many-files.md has the details.
 * @param prefix of all keys: empty, or ending in `/`
 * @throws {BatchError} `SOME_FAILED`: some files failed, each after `onFile` has told why; the others
 * are stored.
 * @throws {OssupError} what would hit every file, as missing credentials do: then the rest is not tried.
 * @throws the signal's reason, once all uploads have stopped; their checkpoints are kept.
 */
export async function uploadFiles(
  bucket: CoreBucket,
  prefix: string,
  sources: string | URL | readonly (string | URL)[],
  options: UploadFilesOptions = {},
): Promise<BatchResult> {
  const all = typeof sources === 'string' || isUrl(sources) ? [sources] : sources
  const store = options.checkpoint ?? storeFor(options)
  const folder = options.checkpoint === undefined ? folderFor(options) : undefined
  return uploadAll(bucket, prefix, all, options, { store, folder })
}

/** Where checkpoints are: a folder, or any other store. */
export type CheckpointPlace = Pick<UploadOptions, 'checkpoint' | 'checkpointDir'>

/**
 * Gives an unfinished upload up: aborts it at OSS and removes its checkpoint.
 * @returns false if there was none.
 */
export async function discardUpload(
  bucket: CoreBucket,
  key: string,
  source: UploadSource,
  options: CheckpointPlace & TidyOptions = {},
): Promise<boolean> {
  const [store, rest] = placeIn(options)
  return store !== false && discardByName(bucket, key, await idOf(source), store, rest)
}

/** The unfinished uploads that a checkpoint folder knows, and the checkpoints that cannot be read. */
export async function listCheckpoints(options: CheckpointPlace = {}): Promise<CheckpointList> {
  const [store] = placeIn(options)
  return store === false ? { checkpoints: [], unreadable: [] } : listAll(store)
}

/**
 * Finishes an upload from what its checkpoint knows: file, key, and the headers of the object.
 * @param bucket leads to the bucket of the upload: `new Bucket(bucketOptionsOf(info))`
 * @param id of the checkpoint: see `listCheckpoints`
 * @returns `undefined` if the upload was done or given up before, and only left something to tidy up
 * @throws {OptionError} `NO_CHECKPOINT`, or `MISSING_CALLBACK`: a checkpoint does not keep callbacks
 * @throws {SourceError} `SOURCE_NOT_KEPT` for a stream or bytes in memory, which have to be offered again
 * @throws what an upload throws; the checkpoint is kept
 */
export async function resumeCheckpoint(
  bucket: CoreBucket,
  id: string,
  options: CheckpointPlace & ResumeOptions = {},
): Promise<UploadResult | undefined> {
  const [store, rest] = placeIn(options)
  if (store === false) throw noStore()
  let spooled: HeldSpool | undefined
  let isDone = false
  const open = async (source: string, key: string) => {
    // Asked again, since another owner of the checkpoint was waited for.
    await spooled?.end(true)
    spooled = undefined
    spooled = await reopenSpool(source)
    return spooled?.source ?? openAgain(source, key)
  }
  try {
    const result = await resumeById(bucket, id, open, rest, store)
    isDone = true
    return result
  } finally {
    await spooled?.end(!isDone)
  }
}

/**
 * Gives up the upload of a checkpoint: aborts what it left at OSS and removes the checkpoint, and its spool file.
 * @param bucket leads to the bucket of the upload: `new Bucket(bucketOptionsOf(info))`
 * @returns false if there was none.
 * @throws {JournalError} `UPLOAD_BUSY` while it runs; {OssError} if OSS refuses: the checkpoint stays.
 */
export async function discardCheckpoint(
  bucket: CoreBucket,
  id: string,
  options: CheckpointPlace & TidyOptions = {},
): Promise<boolean> {
  const [store, rest] = placeIn(options)
  if (store === false) return false
  const source = (await readCheckpoint(store, id))?.begin.source
  const isGone = await discardById(bucket, id, store, rest)
  // Whoever writes it anew by now keeps it.
  if (isGone && source !== undefined) await removeSpoolFile(source).catch(() => {})
  return isGone
}

/** Only a file can be found again by its name. */
async function openAgain(sourceId: string, key: string): Promise<Source> {
  if (isAbsolute(sourceId)) return openFileSource(sourceId)
  const what = sourceKindOf(sourceId) === 'stream' ? 'a stream' : 'bytes in memory'
  throw new SourceError('SOURCE_NOT_KEPT', `The source was ${what}, which nobody can open again`, {
    key,
    hint: 'Run the upload itself again and offer the same bytes from their start (ossup upload -): what is confirmed is not sent again',
    resumable: true,
  })
}

/** A file may be gone when its upload is discarded, so its id is not asked of the file. */
async function idOf(source: UploadSource): Promise<string> {
  if (typeof source === 'string' || isUrl(source)) return resolve(pathOf(source))
  const { id } = await openSource(source)
  return id
}

function storeFor(options: CheckpointPlace): JournalStore {
  const { checkpoint, checkpointDir } = options
  if (checkpoint !== undefined && checkpointDir !== undefined) {
    throw new OptionError('CONFLICTING_OPTIONS', 'checkpoint and checkpointDir are both given', {
      hint: 'Give one of them',
    })
  }
  if (checkpointDir !== undefined && (typeof checkpointDir !== 'string' || checkpointDir === '')) {
    throw new OptionError('INVALID_CHECKPOINT_DIR', `checkpointDir is '${checkpointDir}'`, {
      hint: 'Allowed: the path of a folder',
    })
  }
  return fileJournalStore(folderFor(options))
}

function folderFor({ checkpointDir }: CheckpointPlace): string {
  return checkpointDir ?? join(homedir(), '.ossup', 'checkpoints')
}

/** The store that options name, and the options for the rest. */
function placeIn<Options extends CheckpointPlace>(
  options: Options,
): [JournalStore | false, Omit<Options, keyof CheckpointPlace>] {
  const { checkpoint, checkpointDir: _, ...rest } = options
  return [checkpoint ?? storeFor(options), rest]
}

function noStore(): OptionError {
  return new OptionError('NO_CHECKPOINT', 'checkpoint is false: there is none to continue', {
    hint: 'Give the store or the folder that keeps it',
  })
}
