// `ossup` on Node.js: the portable core with the clock, network, files and environment of Node.js.

import { AsyncResource } from 'node:async_hooks'
import type { BatchResult } from '../../batch/batch-options.ts'
import { Bucket as CoreBucket } from '../../bucket/bucket.ts'
import type { BucketOptions as CoreBucketOptions } from '../../bucket/bucket-options.ts'
import { checkBucketOptions, checkSignerOptions } from '../../bucket/bucket-rules.ts'
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
import { checkOptions } from '../../validation/check-options.ts'
import * as api from '../api.ts'
import { folderStore } from './checkpoint-folder.ts'
import { checkEnvironment } from './credentials/rules.ts'
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
import {
  type CheckpointFolder,
  type CheckpointPlace,
  nodeRules,
  type UploadOptions,
} from './upload-options.ts'

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

/** The options of a bucket: its address, credentials and network. */
export interface BucketOptions extends CoreBucketOptions {
  /** Proxy and certificates. @default those of the environment */
  network?: NetworkOptions | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads credentials from `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and `OSS_SESSION_TOKEN` whenever they
 * are needed. `defaultCredentials` also reads files and asks the machine.
 */
export function fromEnv(env: Environment = process.env): CredentialsProvider {
  return fromEnvironment(checkEnvironment(env))
}

/**
 * Signs requests that another machine sends. A server uses it to keep its secret to itself. It signs every
 * request that it is given, so check the request first.
 */
export function credentialsSigner(options: Omit<SignerOptions, 'hash'>): Signer {
  return portableSigner({ ...checkSignerOptions(options), hash: nodeHash() })
}

/** A bucket, reached through the network of Node.js. Without `credentials`, they come from the environment. */
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
    // An invalid proxy variable is reported here, before an upload starts.
    proxyChoice(network?.proxy)(new URL(this.client.address.origin))
  }
}

/**
 * Uploads a file or bytes as `key` of the bucket. After a crash, a kill or a lost network, the same call
 * continues the upload and does not send confirmed parts again.
 * @throws {OssupError} Its `resumable` says whether the same call continues the upload.
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
 * Uploads files and the contents of folders below a prefix. The keys of a folder's files do not contain the
 * folder's own name. A single file gets its name as key. Files whose objects already exist with the same size
 * and CRC-64 are not sent. Each file is an upload of its own and resumes from its checkpoint. All of them
 * share `concurrency` and `bandwidth`. docs/guide/many-files.md has the details.
 * @param prefix the prefix of all keys: empty, or ending in `/`
 * @throws {BatchError} `SOME_FAILED`: some files failed, and `onFile` reported the reason of each; the others
 * are stored
 * @throws {OssupError} an error that affects every file, such as missing credentials: the remaining files are
 * not tried
 * @throws the signal's reason, once all uploads have stopped; their checkpoints are kept
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
  const { checkpointDir, trustCheckpointDir } = nodeRules
  const rules = { checkpointDir, trustCheckpointDir }
  const subject = { name: 'options', owner: 'checkpointStore' }
  return folderStore(checkOptions(rules, options, subject), true)
}

/**
 * Discards an unfinished upload: aborts it at OSS and removes its checkpoint.
 * @returns false if there was no unfinished upload
 */
export function discardUpload(
  bucket: CoreBucket,
  key: string,
  source: UploadSource,
  options: CheckpointPlace & TidyOptions = {},
): Promise<boolean> {
  return withCaller(discardUpload, () => api.discardUpload(node, bucket, key, source, options))
}

/** Lists the unfinished uploads of a checkpoint folder, and the checkpoints that cannot be read. */
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
 * Finishes an upload from its checkpoint, which contains the file's path, the key, and the headers of the
 * object.
 * @param bucket the bucket of the upload: `new Bucket(bucketOptionsOf(info, configured))`, where `configured`
 * has the region and endpoint that your program uses
 * @param id the id of the checkpoint: see `listCheckpoints`
 * @returns `undefined` if the upload was already finished or discarded, and only leftovers were removed
 * @throws {OptionError} `NO_CHECKPOINT`, or `MISSING_CALLBACK`: a checkpoint does not contain callbacks
 * @throws {SourceError} `SOURCE_NOT_KEPT` for a stream or bytes in memory: pass them to `resumableUpload`
 * again
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
 * Discards the upload of a checkpoint: aborts it at OSS, and removes the checkpoint and its spool file.
 * @param bucket the bucket of the upload: `new Bucket(bucketOptionsOf(info, configured))`, where `configured`
 * has the region and endpoint that your program uses
 * @returns false if there was no such checkpoint
 * @throws {JournalError} `UPLOAD_BUSY` while the upload runs; {OssError} if OSS refuses: the checkpoint stays
 */
export function discardCheckpoint(
  bucket: CoreBucket,
  id: string,
  options: CheckpointPlace & TidyOptions = {},
): Promise<boolean> {
  return withCaller(discardCheckpoint, () => api.discardCheckpoint(node, bucket, id, options))
}
