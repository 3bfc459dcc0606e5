// Reading objects on Node.js: into a file, or for a comparison with one.

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

/** How an object is downloaded. */
export interface DownloadOptions extends ReadOptions {
  /** Replace a file that is there. @default false */
  overwrite?: boolean | undefined
}

/**
 * Reads an object into a file. It comes in ranges, several at a time, is compared with OSS's CRC-64, and
 * takes its name when all of it is there and safe on disk; on a failure nothing is left behind.
 * @param target path or `file:` URL of a file, or of a folder, where it gets the last name of the key; or
 * a sink of one's own
 * @throws {TargetError} `TARGET_EXISTS` unless it may be replaced; `TARGET_UNWRITABLE`
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
 * Compares a file, bytes or a stream with an object, by the CRC-64 that OSS keeps of it.
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
