// `ossup` on Node.js: the portable core with Node's clock, network, files and environment.

import { AsyncResource } from 'node:async_hooks'
import type { BatchResult } from '../../batch/batch-options.ts'
import { Bucket as CoreBucket } from '../../bucket/bucket.ts'
import type { BucketOptions as CoreBucketOptions } from '../../bucket/bucket-options.ts'
import { checkBucketOptions } from '../../bucket/bucket-rules.ts'
import type { CheckpointList } from '../../checkpoints/checkpoints.ts'
import type { TidyOptions } from '../../checkpoints/discard-checkpoint.ts'
import type { ResumeOptions } from '../../checkpoints/resume-checkpoint.ts'
import { withCaller } from '../../errors/caller.ts'
import type { UploadResult } from '../../options/upload-options.ts'
import { fromEnvironment } from '../../oss/credentials.ts'
import {
  credentialsSigner as portableSigner,
  type Signer,
  type SignerOptions,
} from '../../oss/signer.ts'
import type { CredentialsProvider, JournalStore } from '../../ports.ts'
import * as api from '../api.ts'
import { folderStore } from './checkpoint-folder.ts'
import { nodeObserver } from './diagnostics.ts'
import type { UploadSource } from './files/open-source.ts'
import {
  type CertificateReport,
  type ConnectionReport,
  type InspectOptions,
  inspectConnection,
} from './http/inspect-connection.ts'
import { type NetworkOptions, networkOptions, proxyChoice } from './http/network-options.ts'
import { nodeTransport } from './http/transport.ts'
import { type FileJournalStoreOptions, fileJournalStore } from './journal/file-journal-store.ts'
import { node } from './node-runtime.ts'
import { nodeClock } from './platform/clock.ts'
import { nodeHash } from './platform/hash.ts'
import { nodeRandom } from './platform/random.ts'
import { listSpoolFiles, removeSpoolFile, type SpoolFile } from './spool/spool-files.ts'
import { type UploadFilesOptions, uploadAll } from './upload-files.ts'
import type { CheckpointFolder, CheckpointPlace, UploadOptions } from './upload-options.ts'

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
export type { CheckpointFolder, CheckpointPlace, UploadOptions } from './upload-options.ts'
export { createWritable, createWriteStream, type UploadWriteStream } from './write-stream.ts'
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
  constructor(given: BucketOptions) {
    const { network, ...options } = checkBucketOptions(given, { network: networkOptions })
    const hasSigner = options.credentials !== undefined || options.signer !== undefined
    super(hasSigner ? options : { ...options, credentials: fromEnv() }, {
      clock: nodeClock,
      random: nodeRandom,
      bindContext: work => AsyncResource.bind(work),
      transport: nodeTransport(network),
      hash: nodeHash(),
      observer: nodeObserver,
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
export function resumableUpload(
  bucket: CoreBucket,
  key: string,
  source: UploadSource,
  options: UploadOptions = {},
): Promise<UploadResult> {
  return withCaller(resumableUpload, () => api.resumableUpload(node, bucket, key, source, options))
}

/**
 * Uploads files and all that is in folders, below a prefix. The contents of a folder go below the
 * prefix, its own name is not part of the keys; a file that is named goes there by its name. What is
 * there already with the same size and CRC-64 is not sent. Each file is an upload of its own, which
 * continues where an earlier call left off; all of them share `concurrency` and `bandwidth`.
 * docs/guide/many-files.md has the details.
 * @param prefix of all keys: empty, or ending in `/`
 * @throws {BatchError} `SOME_FAILED`: some files failed, each after `onFile` has told why; the others
 * are stored.
 * @throws {OssupError} what would hit every file, as missing credentials do: then the rest is not tried.
 * @throws the signal's reason, once all uploads have stopped; their checkpoints are kept.
 */
export function uploadFiles(
  bucket: CoreBucket,
  prefix: string,
  sources: string | URL | readonly (string | URL)[],
  options: UploadFilesOptions = {},
): Promise<BatchResult> {
  return withCaller(uploadFiles, () => uploadAll(bucket, prefix, sources, options))
}

/**
 * The store in which uploads with these options keep their checkpoints.
 * @throws {OptionError} `INVALID_CHECKPOINT_DIR`
 * @throws {JournalError} `NO_HOME` if no folder is given and this user has no home folder
 */
export function checkpointStore(options: CheckpointFolder = {}): JournalStore {
  return folderStore(options, true)
}

/**
 * Gives an unfinished upload up: aborts it at OSS and removes its checkpoint.
 * @returns false if there was none.
 */
export function discardUpload(
  bucket: CoreBucket,
  key: string,
  source: UploadSource,
  options: CheckpointPlace & TidyOptions = {},
): Promise<boolean> {
  return withCaller(discardUpload, () => api.discardUpload(node, bucket, key, source, options))
}

/** The unfinished uploads that a checkpoint folder knows, and the checkpoints that cannot be read. */
export function listCheckpoints(options: CheckpointPlace = {}): Promise<CheckpointList> {
  return withCaller(listCheckpoints, () => api.listCheckpoints(node, options))
}

/**
 * Removes locks, temporary files and empty checkpoints that killed processes left in a checkpoint folder.
 * Unfinished uploads and files of live processes stay.
 */
export function tidyCheckpoints(options: CheckpointPlace = {}): Promise<void> {
  return withCaller(tidyCheckpoints, () => api.tidyCheckpoints(node, options))
}

/**
 * Finishes an upload from what its checkpoint knows: file, key, and the headers of the object.
 * @param bucket leads to the bucket of the upload: `new Bucket(bucketOptionsOf(info, configured))`, where
 * `configured` is the region and endpoint that your program uses
 * @param id of the checkpoint: see `listCheckpoints`
 * @returns `undefined` if the upload was done or given up before, and only left something to tidy up
 * @throws {OptionError} `NO_CHECKPOINT`, or `MISSING_CALLBACK`: a checkpoint does not keep callbacks
 * @throws {SourceError} `SOURCE_NOT_KEPT` for a stream or bytes in memory, which have to be offered again
 * @throws what an upload throws; the checkpoint is kept
 */
export function resumeCheckpoint(
  bucket: CoreBucket,
  id: string,
  options: CheckpointPlace & ResumeOptions = {},
): Promise<UploadResult | undefined> {
  return withCaller(resumeCheckpoint, () => api.resumeCheckpoint(node, bucket, id, options))
}

/**
 * Gives up the upload of a checkpoint: aborts what it left at OSS and removes the checkpoint, and its spool file.
 * @param bucket leads to the bucket of the upload: `new Bucket(bucketOptionsOf(info, configured))`, where
 * `configured` is the region and endpoint that your program uses
 * @returns false if there was none.
 * @throws {JournalError} `UPLOAD_BUSY` while it runs; {OssError} if OSS refuses: the checkpoint stays.
 */
export function discardCheckpoint(
  bucket: CoreBucket,
  id: string,
  options: CheckpointPlace & TidyOptions = {},
): Promise<boolean> {
  return withCaller(discardCheckpoint, () => api.discardCheckpoint(node, bucket, id, options))
}
