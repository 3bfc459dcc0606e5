// A bucket: where it is, who asks, and the plain operations that uploads are made of. Each method sends
// one request once.

import { CredentialsError, OptionError } from '../errors.ts'
import type { HashFunctions } from '../hash/sha256.ts'
import { logRequests } from '../observe/logging.ts'
import { bothWatches } from '../observe/watch.ts'
import { refuseUnknownOptions } from '../options/option-names.ts'
import {
  type AbortMultipartUploadRequest,
  abortMultipartUpload,
} from '../oss/abort-multipart-upload.ts'
import { type CallOptions, OssClient } from '../oss/client.ts'
import {
  type CompleteMultipartUploadRequest,
  completeMultipartUpload,
} from '../oss/complete-multipart-upload.ts'
import { deleteBucket } from '../oss/delete-bucket.ts'
import { type DeleteObjectRequest, deleteObject } from '../oss/delete-object.ts'
import { type Address, type AddressOptions, placeOf, resolveAddress } from '../oss/endpoint.ts'
import { type BucketInfo, getBucketInfo } from '../oss/get-bucket-info.ts'
import { type GetObjectRequest, getObject, type ObjectContent } from '../oss/get-object.ts'
import { guardedSigner } from '../oss/guarded-signer.ts'
import { type HeadObjectRequest, headObject, type ObjectHead } from '../oss/head-object.ts'
import {
  type InitiatedUpload,
  type InitiateMultipartUploadRequest,
  initiateMultipartUpload,
} from '../oss/initiate-multipart-upload.ts'
import { type BucketsPage, type ListBucketsRequest, listBuckets } from '../oss/list-buckets.ts'
import {
  type ListMultipartUploadsRequest,
  listMultipartUploads,
  type UploadsPage,
} from '../oss/list-multipart-uploads.ts'
import { type ListObjectsRequest, listObjects, type ObjectsPage } from '../oss/list-objects.ts'
import { type ListPartsRequest, listParts, type PartsPage } from '../oss/list-parts.ts'
import { validateBucketName } from '../oss/names.ts'
import { type PresignRequest, presign } from '../oss/presign.ts'
import { type PutBucketRequest, putBucket } from '../oss/put-bucket.ts'
import { type PutObjectRequest, putObject } from '../oss/put-object.ts'
import { credentialsSigner, type Signer } from '../oss/signer.ts'
import type { StoredObject } from '../oss/stored-object.ts'
import { type UploadedPart, type UploadPartRequest, uploadPart } from '../oss/upload-part.ts'
import type { Credentials, CredentialsProvider, Logger, Ports } from '../ports.ts'
import { checkCall, checkRequest } from './bucket-arguments.ts'
import { type ContentTypeGuess, contentTypeGuess } from './content-type.ts'

/** Where a bucket is, and who asks. */
export interface BucketOptions extends AddressOptions {
  /**
   * The bucket's name: 3 to 63 of `a-z`, `0-9` and `-`.
   * @throws {OptionError} `INVALID_BUCKET_NAME`
   */
  name: string
  /**
   * Who asks: credentials, or a function that gets them whenever they are needed.
   * @default the runtime's choice; on Node.js the environment
   */
  credentials?: CredentialsProvider | Credentials | undefined
  /**
   * Signs elsewhere, where the secret is. Instead of `credentials`.
   * @throws {OptionError} `CONFLICTING_OPTIONS` beside `credentials`; `INVALID_SIGNER` without a method `sign`
   */
  signer?: Signer | undefined
  /**
   * Where requests and uploads of this bucket are told, line by line: `console` or any logger with the
   * methods `debug`, `info`, `warn` and `error`. Secrets are not among it. docs/guide/observing.md has the levels.
   * @default nobody is told
   * @throws {OptionError} `INVALID_LOGGER` if a method is missing
   */
  logger?: Logger | undefined
}

const known = [
  'name',
  'region',
  'endpoint',
  'internal',
  'accelerate',
  'cname',
  'pathStyle',
  'credentials',
  'signer',
  'logger',
] satisfies (keyof BucketOptions)[]

/** What a runtime gives its buckets. */
export interface BucketPorts extends Ports {
  readonly hash?: HashFunctions
  /** Options that the runtime's own `Bucket` takes itself; they are named where a caller gave an unknown one. */
  readonly optionsTaken?: readonly string[]
}

/**
 * A bucket and the plain operations on it. Each sends one request once, without retries (`withRetries` has them), and rejects
 * with an `OptionError` before anything is sent if it was given something it cannot use, with a
 * `NetworkError` without an answer, and with an `OssError` if OSS refuses.
 */
export class Bucket {
  /** As OSS has it. */
  readonly name: string
  /** Region id; for a cloud box its id. */
  readonly region: string
  /**
   * Names the place for journals: the same over public, internal and accelerated endpoints.
   * @internal
   */
  readonly place: string
  /** @internal */
  readonly client: OssClient
  /** @internal */
  readonly ports: Ports
  /** @internal */
  readonly logger: Logger | undefined
  /**
   * Its table is loaded once for all uploads of the bucket.
   * @internal
   */
  readonly guessContentType: ContentTypeGuess = contentTypeGuess()

  /**
   * Checks the options and does nothing else: no request, no look at credentials.
   * @throws {OptionError} naming the option, the value and what is allowed.
   * @throws {CredentialsError} `MISSING_CREDENTIALS` without `credentials` and `signer`.
   */
  constructor(options: BucketOptions, ports: BucketPorts) {
    refuseUnknownOptions(
      options,
      [...known, ...(ports.optionsTaken ?? [])],
      name => `Bucket has no option '${name}'`,
    )
    this.name = validateBucketName(options.name)
    const address = resolveAddress(options)
    this.region = address.region
    this.place = placeOf(address)
    this.ports = ports
    this.logger = checkLogger(options.logger)
    const { clock, transport, observer } = ports
    const signer = signerFor(options, address, ports.hash)
    const watch = bothWatches(observer?.requests, this.logger && logRequests(this.logger))
    this.client = new OssClient({ address, transport, signer, clock, watch })
  }

  /** Stores an object of at most 5 GiB in one request: whole or not at all. An object of that key is replaced. */
  async putObject(request: PutObjectRequest, call?: CallOptions): Promise<StoredObject> {
    checkRequest('putObject', request, call)
    return putObject(this.client, request, call)
  }

  /**
   * Looks at an object without reading it.
   * @throws {OssError} `NoSuchKey` if there is none
   */
  async headObject(request: HeadObjectRequest, call?: CallOptions): Promise<ObjectHead> {
    checkRequest('headObject', request, call)
    return headObject(this.client, request, call)
  }

  /**
   * Reads an object or a range of it. The `body` must be read to its end or left early (`break`): until
   * then it holds a connection. A range that reaches beyond the end is cut there; `size` and `crc64` are those of the whole object.
   * @throws {OssError} `NoSuchKey`; `InvalidRange` for a range that begins beyond the end
   */
  async getObject(request: GetObjectRequest, call?: CallOptions): Promise<ObjectContent> {
    checkRequest('getObject', request, call)
    return getObject(this.client, request, call)
  }

  /** One page of the objects, in the order of their keys' bytes (ListObjectsV2). The next page: `continuationToken: page.nextContinuationToken`. */
  async listObjects(request?: ListObjectsRequest, call?: CallOptions): Promise<ObjectsPage> {
    checkRequest('listObjects', request, call)
    return listObjects(this.client, request, call)
  }

  /** Deletes an object; one that does not exist is deleted already. */
  async deleteObject(request: DeleteObjectRequest, call?: CallOptions): Promise<void> {
    checkRequest('deleteObject', request, call)
    return deleteObject(this.client, request, call)
  }

  /** Begins an upload in parts. Every call that OSS sees begins another one: never repeat it blindly. */
  async initiateMultipartUpload(
    request: InitiateMultipartUploadRequest,
    call?: CallOptions,
  ): Promise<InitiatedUpload> {
    checkRequest('initiateMultipartUpload', request, call)
    return initiateMultipartUpload(this.client, request, call)
  }

  /** Sends one part of an upload; a number that was sent before is replaced. */
  async uploadPart(request: UploadPartRequest, call?: CallOptions): Promise<UploadedPart> {
    checkRequest('uploadPart', request, call)
    return uploadPart(this.client, request, call)
  }

  /**
   * One page of the parts that OSS holds of an upload, in the order of their numbers. The next page: `partNumberMarker: page.nextPartNumberMarker`.
   * @throws {OssError} `NoSuchUpload` if it was completed or aborted
   */
  async listParts(request: ListPartsRequest, call?: CallOptions): Promise<PartsPage> {
    checkRequest('listParts', request, call)
    return listParts(this.client, request, call)
  }

  /** One page of the uploads that were neither completed nor aborted, in the order of their keys' bytes. */
  async listMultipartUploads(
    request?: ListMultipartUploadsRequest,
    call?: CallOptions,
  ): Promise<UploadsPage> {
    checkRequest('listMultipartUploads', request, call)
    return listMultipartUploads(this.client, request, call)
  }

  /**
   * Puts the object together from the parts that are listed. Afterwards the upload id is dead: never repeat it blindly.
   * @throws {OssError} `InvalidPart` if OSS holds another part than is listed, `NoSuchUpload`
   */
  async completeMultipartUpload(
    request: CompleteMultipartUploadRequest,
    call?: CallOptions,
  ): Promise<StoredObject> {
    checkRequest('completeMultipartUpload', request, call)
    return completeMultipartUpload(this.client, request, call)
  }

  /**
   * Gives up an upload and deletes its parts. Parts in flight may survive it: they are gone for certain
   * once a further call rejects with `NoSuchUpload`.
   */
  async abortMultipartUpload(
    request: AbortMultipartUploadRequest,
    call?: CallOptions,
  ): Promise<void> {
    checkRequest('abortMultipartUpload', request, call)
    return abortMultipartUpload(this.client, request, call)
  }

  /**
   * A URL that allows its holder one request: as secret as a password until it has expired. Sends nothing.
   * @throws {OptionError} `INVALID_EXPIRES_MS`; `PRESIGN_UNSUPPORTED` with a `signer` that cannot
   */
  async presign(request: PresignRequest): Promise<string> {
    checkRequest('presign', request, undefined)
    return presign(this.client, request)
  }

  /**
   * Makes the bucket in the endpoint's region.
   * @throws {OssError} `BucketAlreadyExists` if the name is taken
   */
  async putBucket(request?: PutBucketRequest, call?: CallOptions): Promise<void> {
    checkRequest('putBucket', request, call)
    return putBucket(this.client, request, call)
  }

  /**
   * Deletes the bucket, which must be empty.
   * @throws {OssError} `BucketNotEmpty`
   */
  async deleteBucket(call?: CallOptions): Promise<void> {
    checkCall('deleteBucket', call)
    return deleteBucket(this.client, call)
  }

  /** What OSS tells of the bucket: region, storage class, ACL, versioning. */
  async getBucketInfo(call?: CallOptions): Promise<BucketInfo> {
    checkCall('getBucketInfo', call)
    return getBucketInfo(this.client, call)
  }

  /** One page of the account's buckets. Not possible over a custom domain. The next page: `marker: page.nextMarker`. */
  async listBuckets(request?: ListBucketsRequest, call?: CallOptions): Promise<BucketsPage> {
    checkRequest('listBuckets', request, call)
    return listBuckets(this.client, request, call)
  }
}

function checkLogger(logger: Logger | undefined): Logger | undefined {
  if (logger === undefined) return undefined
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    if (typeof logger?.[level] === 'function') continue
    throw new OptionError('INVALID_LOGGER', `logger has no method '${level}'`, {
      hint: 'Allowed: console, or any object with the methods debug, info, warn and error',
    })
  }
  return logger
}

function signerFor(
  { credentials, signer }: BucketOptions,
  { region, product }: Address,
  hash: HashFunctions | undefined,
): Signer {
  if (signer !== undefined && credentials !== undefined) {
    throw new OptionError('CONFLICTING_OPTIONS', 'credentials and signer contradict each other', {
      options: ['credentials', 'signer'],
      hint: 'Leave out one of them',
    })
  }
  if (signer !== undefined) {
    if (typeof signer?.sign === 'function') return guardedSigner(signer)
    throw new OptionError('INVALID_SIGNER', 'signer has no method sign', {
      hint: 'Allowed: an object with sign(request) that gives the headers to add',
    })
  }
  if (credentials === undefined) {
    throw new CredentialsError('MISSING_CREDENTIALS', 'Neither credentials nor a signer is given', {
      hint: 'Set credentials',
    })
  }
  return credentialsSigner({ credentials, region, product, ...(hash && { hash }) })
}
