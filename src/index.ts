// The public interface of the portable core. A runtime adds its own defaults and sources:
// src/runtimes/node/index.ts is what `import 'ossup'` gives on Node.js.

export type { BucketOptions } from './bucket.ts'
export {
  bucketOptionsOf,
  type CheckpointInfo,
  type CheckpointList,
  type UnreadableCheckpoint,
} from './checkpoints.ts'
export type { TidyOptions } from './discard-checkpoint.ts'
export {
  CredentialsError,
  IntegrityError,
  isOssupError,
  JournalError,
  NetworkError,
  OptionError,
  OssError,
  OssupError,
  SourceError,
  StateError,
  TargetError,
} from './errors.ts'
export { crc64, crc64Combine } from './hash/crc64.ts'
export { MemoryJournalStore } from './journal/memory-journal-store.ts'
export type { UploadEvent, UploadOptions, UploadResult } from './options.ts'
export { staticCredentials } from './oss/credentials.ts'
export type { ListedUpload } from './oss/list-multipart-uploads.ts'
export type { RequestToSign, Signer } from './oss/signer.ts'
export type {
  Clock,
  Credentials,
  CredentialsProvider,
  Identity,
  Journal,
  JournalLook,
  JournalStore,
  Source,
  StreamSource,
  Transport,
} from './ports.ts'
export type { PartProgress, ProgressSnapshot } from './progress/snapshot.ts'
export type { ResumeOptions } from './resume-checkpoint.ts'
export type { ByteStream } from './source/stream-source.ts'
export { abortUnfinishedUpload, listUnfinishedUploads } from './unfinished-uploads.ts'
