// The table of plain operations: the rules for each request, how to send it, and whether it may be sent again.

import { isBytes } from '../foreign/bytes.ts'
import { listPageMax, partCountMax } from '../limits.ts'
import { foreignRequestFields } from '../options/foreign-names.ts'
import { tags } from '../options/object-rules.ts'
import { abortMultipartUpload } from '../oss/abort-multipart-upload.ts'
import type { CallOptions, OssClient } from '../oss/client.ts'
import { completeMultipartUpload } from '../oss/complete-multipart-upload.ts'
import { deleteBucket } from '../oss/delete-bucket.ts'
import { deleteObject } from '../oss/delete-object.ts'
import { type DeleteObjectsRequest, deleteObjects } from '../oss/delete-objects.ts'
import { getBucketInfo } from '../oss/get-bucket-info.ts'
import { getObject } from '../oss/get-object.ts'
import { headObject } from '../oss/head-object.ts'
import { initiateMultipartUpload } from '../oss/initiate-multipart-upload.ts'
import { listBuckets } from '../oss/list-buckets.ts'
import { listMultipartUploads } from '../oss/list-multipart-uploads.ts'
import { listObjects } from '../oss/list-objects.ts'
import { listParts } from '../oss/list-parts.ts'
import { deleteObjectTags, getObjectTags, putObjectTags } from '../oss/object-tagging.ts'
import { presign } from '../oss/presign.ts'
import { putBucket } from '../oss/put-bucket.ts'
import { putObject } from '../oss/put-object.ts'
import { uploadPart } from '../oss/upload-part.ts'
import { type Checked, checkOptions, type Rules } from '../validation/check-options.ts'
import { required } from '../validation/rule.ts'
import { listOf, oneOf, unicode, unicodeStrings, wholeNumber } from '../validation/rules.ts'
import { ObjectBody } from './object-body.ts'
import type { Repetition } from './plain-sender.ts'
import { body, headers, key, pageSize, part, partNumber, range, uploadId } from './request-rules.ts'

/** One operation. */
export interface Operation<R extends Rules, T> {
  readonly rules: R
  /** How the request may be repeated. A function if that depends on the request. */
  readonly repetition: Repetition | ((request: Checked<R>) => Repetition)
  act(client: OssClient, request: Checked<R>, call: CallOptions): Promise<T>
}

/** Lets the compiler infer the result type of `act`. */
function operation<R extends Rules, T>(
  name: string,
  rules: R,
  act: Operation<R, T>['act'],
  how:
    | Omit<Repetition, 'operation'>
    | ((request: Checked<R>) => Omit<Repetition, 'operation'>) = {},
): Operation<R, T> {
  const repetition =
    typeof how === 'function'
      ? (request: Checked<R>) => ({ operation: name, ...how(request) })
      : { operation: name, ...how }
  return { rules, repetition, act }
}

const once = { isRepeatable: false }
const object = { key: required(key) }
const upload = { ...object, uploadId: required(uploadId) }

/**
 * A request with one of these headers is sent once only. A callback has an effect outside OSS. With forbid-overwrite,
 * the first attempt may store the object, and OSS would then refuse the second.
 */
const onlyOnce = ['x-oss-callback', 'x-oss-forbid-overwrite']

export const operations = {
  putObject: operation(
    'PutObject',
    { ...object, body: required(body), headers },
    putObject,
    request => ({
      isRepeatable: !onlyOnce.some(name => Object.hasOwn(request.headers ?? {}, name)),
      isReadable: isBytes(request.body),
    }),
  ),
  headObject: operation('HeadObject', { ...object, headers }, headObject),
  getObject: operation(
    'GetObject',
    { ...object, range, headers },
    async (client, request, call) => {
      const content = await getObject(client, request, call)
      const crc64 = request.range === undefined ? content.crc64 : undefined
      const facts = { bucket: client.address.bucket ?? '', key: request.key, crc64 }
      return { ...content, body: new ObjectBody(content.body, facts) }
    },
  ),
  listObjects: operation(
    'ListObjects',
    {
      prefix: unicode,
      delimiter: unicode,
      maxKeys: pageSize,
      startAfter: unicode,
      continuationToken: unicode,
    },
    listObjects,
  ),
  deleteObject: operation('DeleteObject', object, deleteObject),
  deleteObjects: operation('DeleteMultipleObjects', { keys: required(listOf(key)) }, deleteAll),
  getObjectTags: operation('GetObjectTagging', object, getObjectTags),
  putObjectTags: operation('PutObjectTagging', { ...object, tags: required(tags) }, putObjectTags),
  deleteObjectTags: operation('DeleteObjectTagging', object, deleteObjectTags),
  // OSS starts another upload for each request that it receives.
  initiateMultipartUpload: operation(
    'InitiateMultipartUpload',
    { ...object, headers },
    initiateMultipartUpload,
    once,
  ),
  uploadPart: operation(
    'UploadPart',
    { ...upload, partNumber: required(partNumber), body: required(body), headers },
    uploadPart,
    request => ({ isReadable: isBytes(request.body) }),
  ),
  listParts: operation(
    'ListParts',
    { ...upload, partNumberMarker: wholeNumber(0, partCountMax), maxParts: pageSize },
    listParts,
  ),
  listMultipartUploads: operation(
    'ListMultipartUploads',
    {
      prefix: unicode,
      delimiter: unicode,
      keyMarker: unicode,
      uploadIdMarker: unicode,
      maxUploads: pageSize,
    },
    listMultipartUploads,
  ),
  // After OSS has received the first request, the upload id is no longer valid.
  completeMultipartUpload: operation(
    'CompleteMultipartUpload',
    { ...upload, parts: required(listOf(part)), headers },
    completeMultipartUpload,
    once,
  ),
  abortMultipartUpload: operation('AbortMultipartUpload', upload, abortMultipartUpload, once),
  presign: operation(
    'Presign',
    {
      method: oneOf('GET', 'HEAD', 'PUT', 'POST', 'DELETE'),
      ...object,
      query: unicodeStrings,
      headers,
      expiresMs: wholeNumber(1000, 604_800_000),
    },
    presign,
  ),
  putBucket: operation(
    'PutBucket',
    {
      acl: oneOf('private', 'public-read', 'public-read-write'),
      storageClass: oneOf('Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'),
    },
    putBucket,
    once,
  ),
  deleteBucket: operation(
    'DeleteBucket',
    {},
    (client, _, call) => deleteBucket(client, call),
    once,
  ),
  getBucketInfo: operation('GetBucketInfo', {}, (client, _, call) => getBucketInfo(client, call)),
  listBuckets: operation(
    'ListBuckets',
    { prefix: unicode, marker: unicode, maxKeys: pageSize },
    listBuckets,
  ),
}

/** Deletes all keys, 1,000 in each request. */
async function deleteAll(
  client: OssClient,
  { keys }: DeleteObjectsRequest,
  call: CallOptions,
): Promise<string[]> {
  const deleted: string[] = []
  for (let at = 0; at < keys.length; at += listPageMax) {
    const some = { keys: keys.slice(at, at + listPageMax) }
    deleted.push(...(await deleteObjects(client, some, call)))
  }
  return deleted
}

/**
 * Checks the request of an operation.
 * @returns a copy. Each value was read once.
 * @throws {OptionError} `INVALID_REQUEST`, `UNKNOWN_OPTION`, or `INVALID_…` with the name of the field
 */
export function checkRequest<R extends Rules>(
  name: string,
  rules: R,
  request: unknown,
): Checked<R> {
  return checkOptions(rules, request, {
    name: 'request',
    owner: name,
    foreign: foreignRequestFields,
  })
}
