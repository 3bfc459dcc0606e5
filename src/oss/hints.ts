// Hints: what a user can do about an error of OSS. By `EC` if that says more than `Code`.

import type { OssErrorDetails } from '../errors.ts'

const byEc: Readonly<Record<string, string>> = {
  '0002-00000069': 'The signed URL has expired: make a new one',
  '0002-00000226':
    "The signature names another region than the bucket's: set region to the bucket's own, without oss-",
  '0002-00000228':
    "The signature names another region than the bucket's: set region to the bucket's own, without oss-",
  '0002-00000235': "The signed URL is not valid yet: check this computer's clock",
  '0002-00000236': 'The signed URL has expired: make a new one',
  '0003-00000703':
    "Requesters pay for this bucket: set requestPayer: 'requester' of the bucket (--request-payer requester) if you agree",
}

const byCode: Readonly<Record<string, string>> = {
  AccessDenied:
    'The credentials lack the permission for this: check the RAM and bucket policies for bucket and key',
  AccessKeyIdAndSecurityTokenNotMatch:
    'The session token does not belong to the access key id: take all three from one set of temporary credentials',
  BadErrorResponse:
    'The answer is not one of OSS: check the endpoint and any proxy between here and there',
  BucketAlreadyExists: 'Bucket names are taken worldwide: choose another one',
  BucketDisable: 'The bucket is suspended: see the OSS console',
  BucketNotEmpty: 'Delete its objects and abort its unfinished uploads first',
  CallbackFailed: 'The object is stored; only the callback failed',
  EntityTooSmall: 'Every part but the last has to be of at least 100 KiB',
  FileAlreadyExists: 'Nothing was replaced',
  FileImmutable: 'A retention policy protects the object: nothing was replaced',
  InvalidAccessKeyId:
    'Check the access key id: it is unknown or disabled, or a temporary one without its session token',
  InvalidBucketName:
    'Allowed: 3 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit',
  InvalidDigest:
    'The bytes changed on the way, or the source changed while it was sent: run the same call again',
  InvalidObjectName: 'Allowed: keys of 1 to 1023 bytes of UTF-8',
  InvalidObjectState: 'The object is archived: restore it first',
  InvalidSecurityToken: 'The security token is wrong or has ended: get new temporary credentials',
  KmsServiceNotEnabled: 'Switch on KMS for the account, or choose another encryption',
  NonStandardHostForbidden:
    'The host is no endpoint of OSS: bind the domain to the bucket, or use the endpoint',
  NoSuchBucket: 'Check the bucket name, and that region or endpoint are its own',
  NoSuchKey: 'Check the key: it is the full path without the bucket name',
  NoSuchUpload: 'The upload was completed or aborted, or never was',
  PermanentRedirect: 'Use the endpoint of the region that the bucket is in',
  PublicEndpointForbidden:
    'This account must use a custom domain for data: bind one to the bucket and use it with cname, or use the internal endpoint',
  RequestTimeTooSkewed: "This computer's clock is off by more than 15 minutes: set it right",
  SecondLevelDomainForbidden: 'OSS refuses path style on its own hosts: leave out pathStyle',
  SecurityTokenExpired:
    'The temporary credentials have ended: get new ones, or use a provider that renews them',
  SecurityTokenNotSupported: 'This cannot be done with temporary credentials',
  SignatureDoesNotMatch:
    'Check the access key secret for a wrong or cut value, and that no proxy changes the request',
  TransferAccelerationDisabled:
    'Switch on transfer acceleration for the bucket, or leave out accelerate',
  UserDisable: 'The account is suspended, often for an unpaid bill: see the console',
}

/** The hint for an error, if there is one. */
export function hintFor(
  code: string,
  { ec, extra = {} }: Pick<OssErrorDetails, 'ec' | 'extra'>,
): string | undefined {
  // With the wrong endpoint OSS names the right one.
  const endpoint = extra.Endpoint
  if (endpoint !== undefined && /^[\w.:-]{1,200}$/.test(endpoint)) {
    return `The bucket is at another endpoint: use ${endpoint}`
  }
  if (ec !== undefined && Object.hasOwn(byEc, ec)) return byEc[ec]
  return Object.hasOwn(byCode, code) ? byCode[code] : undefined
}
