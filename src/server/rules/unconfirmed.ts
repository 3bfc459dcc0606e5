// The points of OSS that no public source confirms, marked UNCONFIRMED in the protocol reference. Each is a switch,
// with the choice that this server makes by default. A client must work with all choices, so the simulation chooses
// from `unconfirmedChoices` for each seed.

/** Each switch with its alternatives. The default is first. */
export const unconfirmedChoices = {
  /** Writes of keys that begin with `/` or `\` (1.3). Reads find no such object. */
  leadingSlashKeys: ['InvalidObjectName', 'allowed'],
  /** EC of SignatureDoesNotMatch in V4 (2.6). */
  signatureMismatchEcV4: ['0002-00000040', ''],
  /** Code for a payload hash other than UNSIGNED-PAYLOAD (2.6). */
  payloadHashCode: ['InvalidArgument', 'AccessDenied'],
  /** Code for V4 URLs that lack a part or whose lifetime is out of range (2.6). */
  malformedPresignCode: ['InvalidArgument', 'AccessDenied'],
  /** Which time is used when a header-signed request has both (2.5). */
  datePrecedence: ['x-oss-date', 'date'],
  /** Signatures in both header and URL (2.2). */
  doubleSignature: ['InvalidArgument', 'header'],
  /** With `Expect: 100-continue`: whether an error comes before the body was asked for (3.1). */
  earlyErrors: ['before-body', 'after-body'],
  /** The key in Complete's Location (3.1). */
  locationKey: ['encoded', 'raw'],
  /** Further elements of EntityTooSmall beside MinSizeAllowed (3.1). */
  entityTooSmallDetails: ['present', 'absent'],
  /** User metadata over 8 KB (3.2). */
  oversizedMetadataCode: ['InvalidArgument', 'InvalidRequest'],
  /** A tag key that is not allowed: the reference and the C++ SDK's suite differ (3.2). */
  badTagKeyCode: ['InvalidTag', 'InvalidTaggingKey'],
  /** A tag value that is not allowed (3.2). */
  badTagValueCode: ['InvalidTag', 'InvalidTaggingKey'],
  /** DeleteMultipleObjects without Content-MD5 (3.5). */
  deleteWithoutMd5: ['MissingArgument', 'accepted'],
  /** Several or malformed ranges under `x-oss-range-behavior: standard` (3.3). */
  badStandardRange: ['ignored', 'InvalidRange'],
  /** ETag and Last-Modified with 304 (3.3). */
  notModifiedHeaders: ['present', 'absent'],
  /** Largest source of CopyObject (3.6). */
  copySizeMax: ['1GiB', '5GiB'],
  /** Type and ETag of the copy of a multipart object (3.6). */
  multipartCopy: ['kept', 'opaque'],
  /** CRC-64 with the answers to CopyObject and UploadPartCopy (3.6). */
  copyCrc: ['present', 'absent'],
  /** `max-keys=0` (3.8). */
  zeroMaxKeys: ['InvalidArgument', 'empty'],
  /** A continuation token that cannot be read (3.8). */
  badContinuationToken: ['InvalidArgument', 'ignored'],
  /** Whether an upload still exists after its Complete was refused (3.13). */
  failedComplete: ['alive', 'dead'],
  /** forbid-overwrite at Initiate, when the object exists (3.9). */
  forbidOverwriteAtInitiate: ['ignored', 'checked'],
  /** Order of the uploads of one key, and so the meaning of `upload-id-marker` (3.12). */
  uploadOrder: ['id', 'time'],
  /** `max-parts` and `max-uploads` over 1000 (3.12). */
  oversizedPage: ['InvalidArgument', 'clamped'],
  /** `HashCrc64ecma` in ListParts: real, but absent from older samples (3.12). */
  listPartsCrc: ['present', 'absent'],
  /** `x-oss-complete-all` other than `yes` (3.13). */
  completeAllOther: ['InvalidArgument', 'ignored'],
  /** EC of InvalidPart (3.13). */
  invalidPartEc: ['', '0042-00000205'],
  /** EC of NoSuchUpload at Complete (3.13). */
  completeNoSuchUploadEc: ['0042-00000002', '0042-00000104'],
  /** PutBucket for a bucket that the caller owns already (3.17). */
  repeatedPutBucket: ['ok', 'BucketAlreadyExists'],
  /** Access-Control-Allow-Origin under a rule of plain `*` (3.18). */
  wildcardOrigin: ['echo', '*'],
  /** A second Complete, a part or an Abort during a running Complete (4). */
  whileCompleting: ['wait', 'NoSuchUpload', 'ServiceUnavailable'],
  /** An Abort while parts are in flight: the upload ends, or it stays with the parts that arrive later (3.13). */
  abortWithPartsUnderWay: ['dead', 'survives'],
  /** Last-Modified of a multipart object (4). */
  lastModified: ['complete', 'initiate'],
  /** Whether `x-oss-object-acl` needs `oss:PutObjectAcl` (6.1). */
  objectAclPermission: ['not-needed', 'needed'],
  /** A token that expires while a body is being transferred (8). */
  tokenExpiry: ['at-start', 'also-at-end'],
  /** Anonymous listing of a public-read bucket. The reference does not say. */
  anonymousListing: ['refused', 'allowed'],
  /** DeleteObject with versioning, for a key that has no version. */
  deleteAbsentVersioned: ['marker', 'nothing'],
  /**
   * A key that the caller may not delete with DeleteMultipleObjects: the request is refused, or this key is left out.
   */
  deleteDeniedKey: ['AccessDenied', 'left-out'],
  /** A copy whose source version is a delete marker: the documentation of CopyObject and an EC page differ. */
  copyDeleteMarker: ['NoSuchKey', 'InvalidArgument'],
} as const

/** The unconfirmed points of OSS, each as a choice: docs/internals/oss-facts.md. */
export type Unconfirmed = {
  readonly [Name in keyof typeof unconfirmedChoices]: (typeof unconfirmedChoices)[Name][number]
}

/** The first choice of each switch. */
export const unconfirmedDefaults: Unconfirmed = choose(choices => choices[0])

/** Chooses for each switch with a function. The simulation passes a random one. */
export function choose(
  pick: (choices: readonly [string, ...string[]], name: string) => string,
): Unconfirmed {
  const entries = Object.entries(unconfirmedChoices).map(([name, choices]) => [
    name,
    pick(choices, name),
  ])
  return Object.fromEntries(entries) as Unconfirmed
}
