// `ossup` on Node.js: the portable core with Node's clock, network, files and environment.

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { type BucketOptions, Bucket as CoreBucket } from '../../bucket.ts'
import {
  type CheckpointInfo,
  discardCheckpoint,
  listCheckpoints as listAll,
} from '../../checkpoints.ts'
import { OptionError } from '../../errors.ts'
import type { UploadOptions as CoreUploadOptions, UploadResult } from '../../options.ts'
import { fromEnvironment } from '../../oss/credentials.ts'
import type { CredentialsProvider, JournalStore } from '../../ports.ts'
import { uploadFrom } from '../../resumable-upload.ts'
import { nodeClock } from './clock.ts'
import { fileJournalStore } from './file-journal-store.ts'
import { nodeHash } from './hash.ts'
import { openSource, pathOf, type UploadSource } from './open-source.ts'
import { findOss2Record } from './oss2-record.ts'
import { nodeRandom } from './random.ts'
import { nodeTransport } from './transport.ts'

export * from '../../index.ts'
export { fileJournalStore, type UploadSource }

export interface UploadOptions extends CoreUploadOptions {
  /**
   * The folder of the checkpoint files; made when it is first needed.
   * @default `~/.ossup/checkpoints`
   */
  checkpointDir?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** Credentials from `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and `OSS_SESSION_TOKEN`, read when asked for. */
export function fromEnv(env: Environment = process.env): CredentialsProvider {
  return fromEnvironment(env)
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
  const roots = [...(checkpointDir === undefined ? [] : [checkpointDir]), homedir()]
  return uploadFrom(
    bucket,
    key,
    () => openSource(source),
    rest,
    store,
    path => findOss2Record(roots, bucket.name, key, path),
  )
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
  const id = await idOf(source)
  return discardCheckpoint(bucket, key, id, store)
}

/** The unfinished uploads that a checkpoint folder knows. Damaged checkpoints are left out. */
export async function listCheckpoints(
  options: Pick<UploadOptions, 'checkpoint' | 'checkpointDir'> = {},
): Promise<CheckpointInfo[]> {
  const store = options.checkpoint ?? storeFor(options)
  return store === false ? [] : (await listAll(store)).checkpoints
}

/** A file may be gone when its upload is discarded, so its id is not asked of the file. */
async function idOf(source: UploadSource): Promise<string> {
  if (typeof source === 'string' || source instanceof URL) return resolve(pathOf(source))
  const { id } = await openSource(source)
  return id
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
