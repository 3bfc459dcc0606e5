// The public interface of the portable core. A runtime adds its own defaults and sources. On Node.js, `import
// 'ossup'` gives src/runtimes/node/index.ts.

export { BatchError } from './batch/batch-error.ts'
export type {
  BatchEvent,
  BatchOptions,
  BatchResult,
  FileOutcome,
  SendReason,
} from './batch/batch-options.ts'
export type { ActiveFile, BatchSnapshot } from './batch/batch-snapshot.ts'
export type { SkipReason } from './batch/found.ts'
export type { BucketAddress, BucketOptions } from './bucket/bucket-options.ts'
export type { ObjectBody } from './bucket/object-body.ts'
export type {
  BodySource,
  ObjectContent,
  PutObjectRequest,
  UploadPartRequest,
} from './bucket/requests.ts'
export {
  bucketOptionsOf,
  type CheckpointInfo,
  type CheckpointList,
  type UnreadableCheckpoint,
} from './checkpoints/checkpoints.ts'
export type { TidyOptions } from './checkpoints/discard-checkpoint.ts'
export type { ResumeOptions } from './checkpoints/resume-checkpoint.ts'
export { abortUnfinishedUpload, listUnfinishedUploads } from './checkpoints/unfinished-uploads.ts'
export type { DownloadResult } from './download/download-object.ts'
export type { Contents, Verification } from './download/verify-object.ts'
export { type Retrying, type RetryOptions, withRetries } from './download/with-retries.ts'
export {
  CredentialsError,
  type ErrorCode,
  type ErrorDetails,
  type HintWriter,
  IntegrityError,
  isOssupError,
  JournalError,
  NetworkError,
  OptionError,
  type OptionNamer,
  OssError,
  type OssErrorCode,
  type OssErrorDetails,
  OssupError,
  SourceError,
  StateError,
  TargetError,
} from './errors.ts'
export { crc64, crc64Combine } from './hash/checked-crc64.ts'
export type { HashFunctions } from './hash/sha256.ts'
export { MemoryJournalStore } from './journal/memory-journal-store.ts'
export type { ReadOptions, VerifyOptions } from './options/read-options.ts'
export type { AttemptOptions } from './options/retry-options.ts'
export type { UploadOptions, UploadResult } from './options/upload-options.ts'
export type { AbortMultipartUploadRequest } from './oss/abort-multipart-upload.ts'
export type { BucketSummary } from './oss/bucket-summary.ts'
export type { CallOptions } from './oss/client.ts'
export type { CompleteMultipartUploadRequest } from './oss/complete-multipart-upload.ts'
export { staticCredentials } from './oss/credentials.ts'
export type { DeleteObjectRequest } from './oss/delete-object.ts'
export type { DeleteObjectsRequest } from './oss/delete-objects.ts'
export type { AddressOptions } from './oss/endpoint.ts'
export type { BucketInfo } from './oss/get-bucket-info.ts'
export type { ByteRange, GetObjectRequest } from './oss/get-object.ts'
export type { HeadObjectRequest, ObjectHead } from './oss/head-object.ts'
export type {
  InitiatedUpload,
  InitiateMultipartUploadRequest,
} from './oss/initiate-multipart-upload.ts'
export type { BucketsPage, ListBucketsRequest } from './oss/list-buckets.ts'
export type {
  ListedUpload,
  ListMultipartUploadsRequest,
  UploadsPage,
} from './oss/list-multipart-uploads.ts'
export type { ListedObject, ListObjectsRequest, ObjectsPage } from './oss/list-objects.ts'
export type { ListedPart, ListPartsRequest, PartsPage } from './oss/list-parts.ts'
export type { ObjectTagsRequest, PutObjectTagsRequest } from './oss/object-tagging.ts'
export type { PresignRequest } from './oss/presign.ts'
export type { PutBucketRequest } from './oss/put-bucket.ts'
export { refusesCredentials } from './oss/refused-credentials.ts'
export type { SignableRequest } from './oss/sign-v4.ts'
export type { RequestToSign, Signer, SignerOptions } from './oss/signer.ts'
export type { StoredObject } from './oss/stored-object.ts'
export type { UploadedPart } from './oss/upload-part.ts'
export type {
  Body,
  Clock,
  Credentials,
  CredentialsName,
  CredentialsProvider,
  HttpRequest,
  HttpResponse,
  Identity,
  Journal,
  JournalLook,
  JournalStore,
  Logger,
  RequestReport,
  SendOptions,
  Sink,
  Source,
  StreamSource,
  Transport,
  UploadReport,
} from './ports.ts'
export type { PartProgress, ProgressSnapshot } from './progress/snapshot.ts'
export type { TransferProgress } from './progress/transfer-meter.ts'
export type { ReadEvent, UploadEvent } from './progress/upload-event.ts'
export type { SourceKind } from './source/source-kind.ts'
export type { ByteStream } from './source/stream-source.ts'
export type { Chunk, UploadWritable } from './upload/writable.ts'
