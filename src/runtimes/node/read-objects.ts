// Downloads objects on Node.js, and compares them with files.

import type { Bucket } from '../../bucket/bucket.ts'
import { type DownloadResult, downloadTo } from '../../download/download-object.ts'
import { type Verification, verifyFrom } from '../../download/verify-object.ts'
import { withCaller } from '../../errors/caller.ts'
import {
  checkReadOptions,
  type ReadOptions,
  readRules,
  type VerifyOptions,
} from '../../options/read-options.ts'
import type { Sink } from '../../ports.ts'
import { trueOrFalse } from '../../validation/rules.ts'
import { openFileSink } from './files/file-sink.ts'
import { pathOf, type UploadSource, withSource } from './files/open-source.ts'

/** Options of a download. */
export interface DownloadOptions extends ReadOptions {
  /** Replaces an existing file. @default false */
  overwrite?: boolean | undefined
}

/**
 * Downloads an object into a file. Several ranges are read in parallel, and the whole is compared with OSS's
 * CRC-64. The file gets its name when it is complete and synced to disk. After a failure, nothing remains on
 * disk.
 * @param target path or `file:` URL of a file, or of a folder, where the file gets the last segment of the
 * key as its name; or your own sink
 * @throws {TargetError} `TARGET_EXISTS` unless `overwrite` is set; `TARGET_UNWRITABLE`
 * @throws {IntegrityError} `CHECKSUM_MISMATCH`; {StateError} `OBJECT_CHANGED`; {NetworkError | OssError}
 * @throws the signal's reason, once the download has stopped
 */
export function downloadObject(
  bucket: Bucket,
  key: string,
  target: string | URL | Sink,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  return withCaller(downloadObject, () => download(bucket, key, target, options))
}

const downloadRules = { ...readRules, overwrite: trueOrFalse }

async function download(
  bucket: Bucket,
  key: string,
  target: string | URL | Sink,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const { overwrite = false, ...reading } = checkReadOptions(downloadRules, options)
  const open = async () =>
    isSink(target) ? target : openFileSink(pathOf(target, 'target'), key, overwrite)
  return downloadTo(bucket, key, open, reading)
}

/**
 * Compares a file, bytes or a stream with an object, by the CRC-64 that OSS stores with the object.
 * @throws {SourceError | NetworkError | OssError}; the signal's reason
 */
export function verifyObject(
  bucket: Bucket,
  key: string,
  source: UploadSource,
  options: VerifyOptions = {},
): Promise<Verification> {
  return withCaller(verifyObject, () =>
    withSource(source, open => verifyFrom(bucket, key, open, options)),
  )
}

function isSink(target: string | URL | Sink): target is Sink {
  return typeof target === 'object' && 'commit' in target
}
