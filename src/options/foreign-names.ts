// Option names of other OSS libraries, and their names in ossup. The libraries are oss2 (Python), ali-oss
// (JavaScript) and the Go SDK. A value with a blank is a sentence; other values are option names. Keys are exact or
// in lower case.

export const foreignUploadOptions: ReadonlyMap<string, string> = new Map([
  ['num_threads', 'concurrency'],
  ['parallel', 'concurrency'],
  ['parallelnum', 'concurrency'],
  ['part_size', 'partSize'],
  ['multipart_threshold', 'multipartThreshold'],
  ['progress_callback', 'onProgress'],
  ['progress', 'onProgress'],
  ['progressfn', 'onProgress'],
  ['store', 'checkpointDir'],
  ['enablecheckpoint', 'checkpoint'],
  ['mime', 'contentType'],
  ['meta', 'metadata'],
  ['tagging', 'tags'],
  ['limit', 'bandwidth'],
  ['trafficlimit', 'bandwidth'],
  ['timeout', 'idleTimeoutMs'],
  ['retries', 'attempts'],
  ['maxretries', 'attempts'],
  ['retrymax', 'attempts'],
])

const asCredentials = 'Give credentials: { accessKeyId, accessKeySecret, securityToken }'

export const foreignBucketOptions: ReadonlyMap<string, string> = new Map([
  ['bucket', 'name'],
  ['bucketname', 'name'],
  ['accesskeyid', asCredentials],
  ['accesskeysecret', asCredentials],
  ['ststoken', asCredentials],
  ['securitytoken', asCredentials],
  ['sessiontoken', asCredentials],
  ['auth', 'credentials'],
  ['credentialsprovider', 'credentials'],
  ['refreshststoken', 'Give credentials a function: it is called when the old ones end'],
  ['secure', 'Start endpoint with https:// or http:// instead'],
  ['disablessl', 'Start endpoint with http:// instead'],
  ['usecname', 'cname'],
  ['usepathstyle', 'pathStyle'],
  ['useinternalendpoint', 'internal'],
  ['useaccelerateendpoint', 'accelerate'],
  ['proxy', "Give network: { proxy: 'http://…' }"],
  ['authorizationv4', 'Leave it out: requests are always signed with V4'],
  ['signatureversion', 'Leave it out: requests are always signed with V4'],
  ['timeout', 'Give idleTimeoutMs to the call'],
  ['retrymax', 'attempts'],
  ['retrymaxattempts', 'attempts'],
])

export const foreignCredentials: ReadonlyMap<string, string> = new Map([
  ['accesskeyid', 'accessKeyId'],
  ['accesskeysecret', 'accessKeySecret'],
  ['secretaccesskey', 'accessKeySecret'],
  ['ststoken', 'securityToken'],
  ['securitytoken', 'securityToken'],
  ['sessiontoken', 'securityToken'],
  ['expiration', 'Give expiresAt: Date.parse(Expiration)'],
  ['expires', 'Give expiresAt, epoch milliseconds'],
])

/**
 * Names for the plain operations. Names in capitals come from the Go SDK. Positional arguments of ali-oss are not
 * included.
 */
export const foreignRequestFields: ReadonlyMap<string, string> = new Map([
  ['expires', 'Give expiresMs, in milliseconds'],
  ['max-keys', 'maxKeys'],
  ['maxuploads', 'maxUploads'],
  ['continuation-token', 'continuationToken'],
  ['start-after', 'startAfter'],
  ['name', 'key'],
  ['object', 'key'],
  ['data', 'body'],
  ['content', 'body'],
  ['timeout', 'idleTimeoutMs'],
  ['retries', 'attempts'],
])
