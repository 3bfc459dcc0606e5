// `ossup` on Node.js: the portable core with Node's clock, network, files and environment.

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BucketOptions, Bucket as CoreBucket } from '../../bucket.ts'
import {
  type CheckpointInfo,
  discardCheckpoint,
  listCheckpoints as listAll,
} from '../../checkpoints.ts'
import { OptionError } from '../../errors.ts'
import type { UploadOptions as CoreUploadOptions, UploadResult } from '../../options.ts'
import { fromEnvironment } from '../../oss/credentials.ts'
import type { CredentialsProvider, JournalStore, Source } from '../../ports.ts'
import { uploadFrom } from '../../resumable-upload.ts'
import { bytesSource } from '../../source/bytes-source.ts'
import { nodeClock } from './clock.ts'
import { fileJournalStore } from './file-journal-store.ts'
import { openFileSource } from './file-source.ts'
import { nodeHash } from './hash.ts'
import { nodeRandom } from './random.ts'
import { nodeTransport } from './transport.ts'

export * from '../../index.ts'
export { fileJournalStore }

/** What can be uploaded: a file's path or `file:` URL, or bytes in memory. */
export type UploadSource = string | URL | Uint8Array

export interface UploadOptions extends CoreUploadOptions {
  /**
   * The folder of the checkpoint files; made when it is first needed.
   * @default `~/.ossup/checkpoints`
   */
  checkpointDir?: string
}

/** Credentials from `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and `OSS_SESSION_TOKEN`, read when asked for. */
export function fromEnv(): CredentialsProvider {
  return fromEnvironment(process.env)
}

/** A bucket, reached through Node's network. Without `credentials` they come from the environment. */
export class Bucket extends CoreBucket {
  constructor(options: BucketOptions) {
    const hasSigner = options.credentials !== undefined || options.signer !== undefined
    super(hasSigner ? options : { ...options, credentials: fromEnv() }, {
      clock: nodeClock,
      random: nodeRandom,
      transport: nodeTransport(),
      hash: nodeHash,
    })
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
  const { checkpointDir, ...rest } = options
  const store = storeFor(options)
  return uploadFrom(bucket, key, () => openSource(source), rest, store)
}

/**
 * Gives an unfinished upload up: aborts it at OSS and removes its checkpoint.
 * @returns false if there was none.
 */
export async function discardUpload(
  bucket: CoreBucket,
  key: string,
  source: UploadSource,
  options: Pick<UploadOptions, 'checkpoint' | 'checkpointDir'> = {},
): Promise<boolean> {
  const store = options.checkpoint ?? storeFor(options)
  if (store === false) return false
  // The file may be gone, so its id is not asked of the file.
  const id = source instanceof Uint8Array ? bytesSource(source).id : resolve(pathOf(source))
  return discardCheckpoint(bucket, key, id, store)
}

/** The unfinished uploads that a checkpoint folder knows. Damaged checkpoints are left out. */
export async function listCheckpoints(
  options: Pick<UploadOptions, 'checkpoint' | 'checkpointDir'> = {},
): Promise<CheckpointInfo[]> {
  const store = options.checkpoint ?? storeFor(options)
  return store === false ? [] : (await listAll(store)).checkpoints
}

function storeFor(options: Pick<UploadOptions, 'checkpoint' | 'checkpointDir'>): JournalStore {
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
  return fileJournalStore(checkpointDir ?? join(homedir(), '.ossup', 'checkpoints'))
}

async function openSource(source: UploadSource): Promise<Source> {
  return source instanceof Uint8Array ? bytesSource(source) : openFileSource(pathOf(source))
}

function pathOf(source: string | URL): string {
  if (source instanceof URL) return fileURLToPath(source)
  if (typeof source === 'string' && source !== '') return source
  throw new OptionError('INVALID_SOURCE', `The source is ${String(source) || 'empty'}`, {
    hint: 'Allowed: the path of a file, or a Uint8Array',
  })
}
