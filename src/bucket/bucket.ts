// A bucket: its address, the credentials that sign, and its plain operations.

import { withCaller } from '../errors/caller.ts'

import { listPageMax } from '../limits.ts'
import { logRequests } from '../observe/logging.ts'
import { bothWatches } from '../observe/watch.ts'
import type { AbortMultipartUploadRequest } from '../oss/abort-multipart-upload.ts'
import type { BucketSummary } from '../oss/bucket-summary.ts'
import { type CallOptions, OssClient } from '../oss/client.ts'
import type { CompleteMultipartUploadRequest } from '../oss/complete-multipart-upload.ts'
import type { DeleteObjectRequest } from '../oss/delete-object.ts'
import type { DeleteObjectsRequest } from '../oss/delete-objects.ts'
import { placeOf, resolveAddress } from '../oss/endpoint.ts'
import type { BucketInfo } from '../oss/get-bucket-info.ts'
import type { GetObjectRequest } from '../oss/get-object.ts'
import type { HeadObjectRequest, ObjectHead } from '../oss/head-object.ts'
import type {
  InitiatedUpload,
  InitiateMultipartUploadRequest,
} from '../oss/initiate-multipart-upload.ts'
import type { BucketsPage, ListBucketsRequest } from '../oss/list-buckets.ts'
import type {
  ListedUpload,
  ListMultipartUploadsRequest,
  UploadsPage,
} from '../oss/list-multipart-uploads.ts'
import type { ListedObject, ListObjectsRequest, ObjectsPage } from '../oss/list-objects.ts'
import type { ListedPart, ListPartsRequest, PartsPage } from '../oss/list-parts.ts'
import type { ObjectTagsRequest, PutObjectTagsRequest } from '../oss/object-tagging.ts'
import { type PresignRequest, presign } from '../oss/presign.ts'
import type { PutBucketRequest } from '../oss/put-bucket.ts'
import { isMissing } from '../oss/refusal.ts'
import type { StoredObject } from '../oss/stored-object.ts'
import type { UploadedPart } from '../oss/upload-part.ts'
import type { Logger, Ports } from '../ports.ts'
import { checkArgument, type Rules } from '../validation/check-options.ts'
import {
  type BucketAddress,
  type BucketOptions,
  type BucketPorts,
  signerFor,
} from './bucket-options.ts'
import { checkBucketOptions, moment } from './bucket-rules.ts'
import { type ContentTypeGuess, contentTypeGuess } from './content-type.ts'
import { allBuckets, allObjects, allParts, allUploads } from './listings.ts'
import { checkRequest, type Operation, operations } from './operations.ts'
import { defaultPlainAttempts, PlainSender } from './plain-sender.ts'
import { checkCall } from './request-rules.ts'
import type { ObjectContent, PutObjectRequest, UploadPartRequest } from './requests.ts'

/**
 * A bucket and the plain operations on it.
 *
 * An operation sends its request up to three times if temporary faults occur (`attempts`). A request that must not be
 * repeated, such as `initiateMultipartUpload`, is sent again only if OSS cannot have received it. Operations reject
 * with an `OptionError` before anything is sent if an argument is not allowed, with a `NetworkError` if no answer
 * came, and with an `OssError` if OSS refused.
 *
 * @example
 * const bucket = new Bucket({ name: 'examplebucket', region: 'cn-hangzhou' })
 * await bucket.putObject({ key: 'hello.txt', body: 'Hello' })
 * const { body } = await bucket.getObject({ key: 'hello.txt' })
 * console.log(await body.text())
 */
export class Bucket {
  /** The bucket's name in OSS. */
  readonly name: string
  /** Region id. For a cloud box, the id of the cloud box. */
  readonly region: string
  /**
   * Identifies the bucket in journals. It is the same for public, internal and accelerated endpoints.
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
   * Guesses Content-Types. All uploads of the bucket share one table.
   * @internal
   */
  readonly guessContentType: ContentTypeGuess = contentTypeGuess()

  readonly #sender: PlainSender

  /**
   * Checks the options. Sends no request and does not read credentials.
   * @throws {OptionError} naming the option, the value and the allowed values.
   * @throws {CredentialsError} `MISSING_CREDENTIALS` without `credentials` and `signer`.
   */
  constructor(given: BucketOptions, ports: BucketPorts) {
    const options = checkBucketOptions(given, {})
    this.name = options.name
    const address = resolveAddress(options)
    this.region = address.region
    this.place = placeOf(address)
    this.ports = ports
    this.logger = options.logger
    const { clock, transport, observer } = ports
    const signer = signerFor(options, address, ports.hash)
    const watch = bothWatches(observer?.requests, this.logger && logRequests(this.logger))
    const { requestPayer } = options
    const proof = ports.answerProof
    this.client = new OssClient({ address, transport, signer, clock, watch, proof, requestPayer })
    this.#sender = new PlainSender(this.client, ports, options.attempts ?? defaultPlainAttempts)
  }

  /** The address that requests go to. */
  get address(): BucketAddress {
    const { region, style, kind, endpoint, origin, serviceOrigin } = this.client.address
    return { region, style, kind, endpoint, origin, serviceOrigin }
  }

  /** Milliseconds by which OSS's clock was ahead of this machine's clock at the last answer. 0 before it. */
  get clockOffset(): number {
    return this.client.serverOffset
  }

  /** The current time by OSS's clock, in epoch milliseconds. Compare it with timestamps of OSS. */
  now(): number {
    return this.ports.clock.now() + this.clockOffset
  }

  /** Corrects the clock that signs requests. @param now the correct time now, epoch milliseconds */
  correctClock(now: number): void {
    this.client.correctClock(checkArgument('now', now, moment, 'correctClock'))
  }

  /**
   * The time when the credentials expire, in epoch milliseconds. Every signed URL expires with them. `undefined` if
   * the credentials do not expire, or if their end is not known.
   * @throws {CredentialsError} if there are no credentials
   */
  async credentialsEndAt(): Promise<number | undefined> {
    return this.client.credentialsEndAt()
  }

  /**
   * Stores an object of at most 5 GiB in one request, whole or not at all. Replaces an existing object with that key.
   * A string is stored as UTF-8. The Content-Type is not guessed: set it in `headers`.
   *
   * @example
   * await bucket.putObject({
   *   key: 'report.json',
   *   body: JSON.stringify(report),
   *   headers: { 'content-type': 'application/json' },
   * })
   */
  putObject(request: PutObjectRequest, call?: CallOptions): Promise<StoredObject> {
    return this.#run('putObject', request, call)
  }

  /**
   * Reads an object's size, headers and other properties without its content.
   * @throws {OssError} `NoSuchKey` if it does not exist
   */
  headObject(request: HeadObjectRequest, call?: CallOptions): Promise<ObjectHead> {
    return this.#run('headObject', request, call)
  }

  /**
   * Returns whether an object exists.
   * @throws {OssError} `NoSuchBucket`; `AccessDenied` if the credentials may not look for the object
   */
  exists(request: HeadObjectRequest, call?: CallOptions): Promise<boolean> {
    return withCaller(this.exists, async () => {
      try {
        await this.headObject(request, call)
        return true
      } catch (error) {
        if (isMissing(error)) return false
        throw error
      }
    })
  }

  /**
   * Reads an object or a range of it. Read the `body` to its end or leave it early: until then it holds a connection.
   * A range that reaches beyond the object's end stops at that end. `size` and `crc64` describe the whole object.
   *
   * @example
   * const { body } = await bucket.getObject({ key: 'hello.txt' })
   * console.log(await body.text())
   *
   * @throws {OssError} `NoSuchKey`; `InvalidRange` for a range that starts beyond the end
   */
  getObject(request: GetObjectRequest, call?: CallOptions): Promise<ObjectContent> {
    return this.#run('getObject', request, call)
  }

  /**
   * Lists one page of the objects, in the order of their keys' bytes (ListObjectsV2). For the next page, pass
   * `continuationToken: page.nextContinuationToken`. `objects` lists all pages.
   */
  listObjects(request: ListObjectsRequest = {}, call?: CallOptions): Promise<ObjectsPage> {
    return this.#run('listObjects', request, call)
  }

  /**
   * Lists all objects, in the order of their keys' bytes, page by page.
   *
   * @example
   * for await (const { key, size } of bucket.objects({ prefix: 'logs/' })) console.log(key, size)
   *
   * @param request `maxKeys` is the size of a page. @default pages of 1,000
   * @throws {NetworkError} `BAD_ANSWER` if a page does not continue after the page before it
   */
  objects(
    request: Omit<ListObjectsRequest, 'delimiter'> = {},
    call?: CallOptions,
  ): AsyncGenerator<ListedObject, void, undefined> {
    const { delimiter: _, ...rules } = operations.listObjects.rules
    const { maxKeys = listPageMax, ...which } = checkRequest('objects', rules, request)
    return allObjects(more => this.listObjects({ ...which, maxKeys, ...more }, call))
  }

  /** Deletes an object. Also succeeds if the object does not exist. */
  deleteObject(request: DeleteObjectRequest, call?: CallOptions): Promise<void> {
    return this.#run('deleteObject', request, call)
  }

  /**
   * Deletes many objects, 1,000 in each request (DeleteMultipleObjects).
   * @returns the keys that OSS reports as deleted, including keys of objects that did not exist
   */
  deleteObjects(request: DeleteObjectsRequest, call?: CallOptions): Promise<string[]> {
    return this.#run('deleteObjects', request, call)
  }

  /** Reads the tags of an object. */
  getObjectTags(request: ObjectTagsRequest, call?: CallOptions): Promise<Record<string, string>> {
    return this.#run('getObjectTags', request, call)
  }

  /** Replaces all tags of an object. */
  putObjectTags(request: PutObjectTagsRequest, call?: CallOptions): Promise<void> {
    return this.#run('putObjectTags', request, call)
  }

  /** Removes all tags of an object. */
  deleteObjectTags(request: ObjectTagsRequest, call?: CallOptions): Promise<void> {
    return this.#run('deleteObjectTags', request, call)
  }

  /** Starts a multipart upload. OSS starts another upload for each request that it receives. */
  initiateMultipartUpload(
    request: InitiateMultipartUploadRequest,
    call?: CallOptions,
  ): Promise<InitiatedUpload> {
    return this.#run('initiateMultipartUpload', request, call)
  }

  /** Sends one part of an upload. Replaces an earlier part with the same number. */
  uploadPart(request: UploadPartRequest, call?: CallOptions): Promise<UploadedPart> {
    return this.#run('uploadPart', request, call)
  }

  /**
   * Lists one page of the parts that OSS has stored for an upload, in the order of their numbers. For the next page,
   * pass `partNumberMarker: page.nextPartNumberMarker`. `parts` lists all pages.
   * @throws {OssError} `NoSuchUpload` if the upload was completed or aborted
   */
  listParts(request: ListPartsRequest, call?: CallOptions): Promise<PartsPage> {
    return this.#run('listParts', request, call)
  }

  /**
   * Lists all parts that OSS has stored for an upload, in the order of their numbers, page by page.
   * @throws {OssError} `NoSuchUpload` if the upload was completed or aborted
   */
  parts(
    request: ListPartsRequest,
    call?: CallOptions,
  ): AsyncGenerator<ListedPart, void, undefined> {
    const which = checkRequest('parts', operations.listParts.rules, request)
    return allParts(more => this.listParts({ ...which, ...more }, call))
  }

  /**
   * Lists one page of the unfinished multipart uploads (neither completed nor aborted), in the order of their keys'
   * bytes. `uploads` lists all pages.
   */
  listMultipartUploads(
    request: ListMultipartUploadsRequest = {},
    call?: CallOptions,
  ): Promise<UploadsPage> {
    return this.#run('listMultipartUploads', request, call)
  }

  /**
   * Lists all unfinished multipart uploads (neither completed nor aborted), in the order of their keys' bytes, page
   * by page.
   */
  uploads(
    request: Omit<ListMultipartUploadsRequest, 'delimiter'> = {},
    call?: CallOptions,
  ): AsyncGenerator<ListedUpload, void, undefined> {
    const { delimiter: _, ...rules } = operations.listMultipartUploads.rules
    const which = checkRequest('uploads', rules, request)
    return allUploads(more => this.listMultipartUploads({ ...which, ...more }, call))
  }

  /**
   * Makes an object of the listed parts. Afterwards the upload id is no longer valid.
   * @throws {OssError} `InvalidPart` if a listed part differs from the part that OSS has stored, `NoSuchUpload`
   */
  completeMultipartUpload(
    request: CompleteMultipartUploadRequest,
    call?: CallOptions,
  ): Promise<StoredObject> {
    return this.#run('completeMultipartUpload', request, call)
  }

  /**
   * Aborts an upload and deletes its parts. OSS may keep parts that were in flight: repeat the call until it rejects
   * with `NoSuchUpload`.
   */
  abortMultipartUpload(request: AbortMultipartUploadRequest, call?: CallOptions): Promise<void> {
    return this.#run('abortMultipartUpload', request, call)
  }

  /**
   * Makes a URL that allows its holder one request until the URL expires. Keep the URL as secret as a password. Sends
   * nothing.
   *
   * @example
   * const url = await bucket.presign({ key: 'report.pdf', expiresMs: 15 * 60_000 })
   *
   * @throws {OptionError} `INVALID_EXPIRES_MS`; `PRESIGN_UNSUPPORTED` if the `signer` cannot sign URLs
   */
  presign(request: PresignRequest): Promise<string> {
    return withCaller(this.presign, async () =>
      presign(this.client, checkRequest('presign', operations.presign.rules, request)),
    )
  }

  /**
   * Creates the bucket in the endpoint's region.
   * @throws {OssError} `BucketAlreadyExists` if the name is taken
   */
  putBucket(request: PutBucketRequest = {}, call?: CallOptions): Promise<void> {
    return this.#run('putBucket', request, call)
  }

  /**
   * Deletes the bucket. The bucket must be empty.
   * @throws {OssError} `BucketNotEmpty`
   */
  deleteBucket(call?: CallOptions): Promise<void> {
    return this.#run('deleteBucket', {}, call)
  }

  /** Reads the bucket's properties: region, storage class, ACL, versioning. */
  getBucketInfo(call?: CallOptions): Promise<BucketInfo> {
    return this.#run('getBucketInfo', {}, call)
  }

  /**
   * Lists one page of the account's buckets. Not possible over a custom domain. For the next page, pass `marker:
   * page.nextMarker`. `buckets` lists all pages.
   */
  listBuckets(request: ListBucketsRequest = {}, call?: CallOptions): Promise<BucketsPage> {
    return this.#run('listBuckets', request, call)
  }

  /** Lists all buckets of the account, page by page. Not possible over a custom domain. */
  buckets(
    request: ListBucketsRequest = {},
    call?: CallOptions,
  ): AsyncGenerator<BucketSummary, void, undefined> {
    const rules = operations.listBuckets.rules
    const { maxKeys = listPageMax, ...which } = checkRequest('buckets', rules, request)
    return allBuckets(more => this.listBuckets({ ...which, maxKeys, ...more }, call))
  }

  /** Checks the arguments of an operation and sends its request. */
  #run<Name extends keyof typeof operations>(
    name: Name,
    request: unknown,
    call: unknown,
  ): ReturnType<(typeof operations)[Name]['act']>
  #run(name: keyof typeof operations, given: unknown, call: unknown): Promise<unknown> {
    // The cast is safe: each operation gets the request that its own rules have checked.
    const { rules, repetition, act } = operations[name] as Operation<Rules, unknown>
    return withCaller(this[name], async () => {
      const request = checkRequest(name, rules, given)
      const options = checkCall(name, call)
      const how = typeof repetition === 'function' ? repetition(request) : repetition
      return this.#sender.send(how, options, once => act(this.client, request, once))
    })
  }
}
