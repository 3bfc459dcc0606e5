// The table of operations by name.

import type { OperationName } from '../http/routing.ts'
import type { Operation } from '../request/context.ts'
import { appendObject } from './append-object.ts'
import * as bucket from './bucket.ts'
import { getBucketStat } from './bucket-stat.ts'
import { completeMultipartUpload } from './complete.ts'
import { copyObject, uploadPartCopy } from './copy.ts'
import * as cors from './cors.ts'
import { deleteMultipleObjects, deleteObject } from './delete-object.ts'
import { getObject, getObjectMeta, headObject } from './get-object.ts'
import { listObjectsV1, listObjectsV2 } from './list-objects.ts'
import { listMultipartUploads, listParts } from './list-uploads.ts'
import { listObjectVersions } from './list-versions.ts'
import { abortMultipartUpload, initiateMultipartUpload, uploadPart } from './multipart.ts'
import { getObjectAcl, putObjectAcl } from './object-acl.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './object-tagging.ts'
import * as overwrite from './overwrite-config.ts'
import { postObject } from './post-object.ts'
import { putObject } from './put-object.ts'
import { getSymlink, putSymlink } from './symlink.ts'
import { getBucketVersioning, putBucketVersioning } from './versioning.ts'

export const operations: Readonly<Record<OperationName, Operation>> = {
  ListBuckets: bucket.listBuckets,
  PutBucket: bucket.putBucket,
  DeleteBucket: bucket.deleteBucket,
  GetBucketInfo: bucket.getBucketInfo,
  GetBucketLocation: bucket.getBucketLocation,
  GetBucketStat: getBucketStat,
  GetBucketAcl: bucket.getBucketAcl,
  PutBucketAcl: bucket.putBucketAcl,
  PutBucketCors: cors.putBucketCors,
  GetBucketCors: cors.getBucketCors,
  DeleteBucketCors: cors.deleteBucketCors,
  PutBucketVersioning: putBucketVersioning,
  GetBucketVersioning: getBucketVersioning,
  PutBucketOverwriteConfig: overwrite.putBucketOverwriteConfig,
  GetBucketOverwriteConfig: overwrite.getBucketOverwriteConfig,
  DeleteBucketOverwriteConfig: overwrite.deleteBucketOverwriteConfig,
  ListObjectVersions: listObjectVersions,
  GetBucketMeta: bucket.getBucketMeta,
  ListLiveChannel: bucket.listLiveChannel,
  ListObjects: listObjectsV1,
  ListObjectsV2: listObjectsV2,
  ListMultipartUploads: listMultipartUploads,
  DeleteMultipleObjects: deleteMultipleObjects,
  PutObject: putObject,
  PostObject: postObject,
  AppendObject: appendObject,
  CopyObject: copyObject,
  GetObject: getObject,
  HeadObject: headObject,
  GetObjectMeta: getObjectMeta,
  DeleteObject: deleteObject,
  GetObjectAcl: getObjectAcl,
  PutObjectAcl: putObjectAcl,
  PutSymlink: putSymlink,
  GetSymlink: getSymlink,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  InitiateMultipartUpload: initiateMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
  OptionsObject: cors.optionsObject,
}
