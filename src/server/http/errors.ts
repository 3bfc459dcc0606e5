// OSS's errors. The code decides the status. EC and further elements give details. Source: the reference, sections
// 2.6, 3 and 5. Messages are free text: do not match on them. Most messages are our own words. A few have the
// service's exact words, because test suites of official clients compare them (F08).

interface CodeFacts {
  readonly status: number
  readonly message: string
  readonly ec?: string
}

const codes = {
  CallbackFailed: {
    status: 203,
    message: 'The object is stored, but the callback failed.',
    ec: '0007-00000203',
  },
  BadRequest: { status: 400, message: 'The request cannot be understood.' },
  EntityTooLarge: { status: 400, message: 'The entity is larger than allowed.' },
  EntityTooSmall: {
    status: 400,
    message: 'Your proposed upload smaller than the minimum allowed size.',
    ec: '0042-00000213',
  },
  IncompleteBody: { status: 400, message: 'The body ended before its announced length.' },
  InvalidArgument: { status: 400, message: 'The argument is not valid.' },
  InvalidBucketName: { status: 400, message: 'The bucket name is not valid.' },
  InvalidCRC64: { status: 400, message: 'The CRC-64 given is not that of the body received.' },
  InvalidDigest: {
    status: 400,
    message: 'The Content-MD5 you specified was invalid.',
  },
  InvalidEncryptionAlgorithmError: {
    status: 400,
    message: 'The encryption method is not AES256, KMS or SM4.',
  },
  InvalidObjectName: { status: 400, message: 'A key is 1 to 1023 bytes of UTF-8.' },
  InvalidPart: {
    status: 400,
    message:
      "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
  },
  InvalidPartOrder: {
    status: 400,
    message:
      'The list of parts was not in ascending order. Parts list must specified in order by part number.',
    ec: '0042-00000209',
  },
  InvalidRequest: { status: 400, message: 'The request combines what cannot be combined.' },
  InvalidTargetType: {
    status: 400,
    message: 'The target of the symbolic link is one itself.',
    ec: '0026-00000011',
  },
  InvalidTag: { status: 400, message: 'The tags are not valid.' },
  InvalidTaggingKey: { status: 400, message: 'A tag key is not valid.' },
  MalformedXML: {
    status: 400,
    message: 'The XML is not well formed or not of the form that this operation expects.',
  },
  MissingArgument: {
    status: 400,
    message: 'Missing Some Required Arguments.',
    ec: '0016-00000502',
  },
  NotImplemented: {
    status: 400,
    message: 'This server does not implement what the request asks for.',
  },
  RequestTimeout: { status: 400, message: 'No byte of the body arrived for too long.' },
  FieldItemTooLong: { status: 400, message: 'A field of the form is longer than 4 KB.' },
  IncorrectNumberOfFilesInPOSTRequest: {
    status: 400,
    message: 'A form upload needs exactly one file, as its last field.',
  },
  InvalidPolicyDocument: { status: 400, message: 'The policy is not valid.' },
  MalformedPOSTRequest: {
    status: 400,
    message: 'The body is not well-formed multipart/form-data.',
  },
  RequestIsNotMultiPartContent: {
    status: 400,
    message: 'The Content-Type of a form upload must be multipart/form-data.',
  },
  UserKeyMustBeSpecified: { status: 400, message: 'A key is missing.' },
  CORSRuleBeyondLimit: { status: 400, message: 'There are more CORS rules than allowed.' },
  AccessDenied: { status: 403, message: 'Access is denied.', ec: '0003-00000001' },
  AccessForbidden: { status: 403, message: 'No CORS rule allows this request.' },
  AccessKeyIdAndSecurityTokenNotMatch: {
    status: 403,
    message: 'The security token belongs to another access key id.',
  },
  InvalidAccessKeyId: {
    status: 403,
    message: 'The OSS Access Key Id you provided does not exist in our records.',
    ec: '0002-00000902',
  },
  InvalidSecurityToken: { status: 403, message: 'The security token is not valid.' },
  RequestTimeTooSkewed: {
    status: 403,
    message: 'The difference between the request time and the current time is too large.',
    ec: '0002-00000504',
  },
  SecondLevelDomainForbidden: {
    status: 403,
    message: 'Address the bucket as a subdomain of the endpoint.',
  },
  SecurityTokenExpired: { status: 403, message: 'The security token has expired.' },
  SignatureDoesNotMatch: {
    status: 403,
    message: 'The signature is not the one calculated from the request.',
  },
  NoSuchBucket: {
    status: 404,
    message: 'The specified bucket does not exist.',
    ec: '0015-00000101',
  },
  NoSuchCORSConfiguration: { status: 404, message: 'The CORS Configuration does not exist.' },
  NoSuchKey: { status: 404, message: 'The specified key does not exist.', ec: '0026-00000001' },
  NoSuchBucketOverwriteConfig: {
    status: 404,
    message: 'The bucket has no overwrite configuration.',
  },
  NoSuchVersion: { status: 404, message: 'The specified version does not exist.' },
  NoSuchUpload: {
    status: 404,
    message:
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    ec: '0042-00000002',
  },
  SymlinkTargetNotExist: {
    status: 404,
    message: 'The symlink target object does not exist',
    ec: '0026-00000012',
  },
  MethodNotAllowed: { status: 405, message: 'The method is not allowed on this resource.' },
  BucketAlreadyExists: { status: 409, message: 'The bucket exists already.', ec: '0015-00000104' },
  BucketNotEmpty: {
    status: 409,
    message: 'The bucket has objects. Please delete them first.',
    ec: '0015-00000301',
  },
  PositionNotEqualToLength: {
    status: 409,
    message: 'Position is not equal to file length',
  },
  ObjectNotAppendable: { status: 409, message: 'The object is not appendable' },
  FileAlreadyExists: { status: 409, message: 'The object exists and must not be overwritten.' },
  MissingContentLength: { status: 411, message: 'Content-Length or chunked encoding is required.' },
  PreconditionFailed: {
    status: 412,
    message: 'At least one of the pre-conditions you specified did not hold.',
  },
  InvalidRange: { status: 416, message: 'The range starts beyond the end of the object.' },
  InternalError: { status: 500, message: 'The server failed; its log says more.' },
  ServiceUnavailable: { status: 503, message: 'Too many requests; try again later.' },
} as const satisfies Record<string, CodeFacts>

export type ErrorCode = keyof typeof codes

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(codes, text)
}

export interface FaultDetails {
  /** Replaces the message of the code. */
  readonly message?: string
  readonly status?: number
  /** Replaces the EC of the code. Empty for no EC. */
  readonly ec?: string
  /** Further elements of the error document. */
  readonly extra?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal. The handler turns it into an error answer. */
export class OssFault extends Error {
  readonly code: string
  readonly status: number
  readonly ec: string | undefined
  readonly extra: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ErrorCode, details: FaultDetails = {}) {
    const facts: CodeFacts = codes[code]
    super(details.message ?? facts.message)
    this.name = 'OssFault'
    this.code = code
    this.status = details.status ?? facts.status
    this.ec = (details.ec ?? facts.ec) || undefined
    this.extra = details.extra ?? {}
    this.headers = details.headers ?? {}
  }
}

/** Makes an InvalidArgument in OSS's form, which names the argument and the value. */
export function invalidArgument(
  name: string,
  value: string,
  message?: string,
  ec?: string,
): OssFault {
  return new OssFault('InvalidArgument', {
    extra: { ArgumentName: name, ArgumentValue: value },
    ...(message === undefined ? {} : { message }),
    ...(ec === undefined ? {} : { ec }),
  })
}

export function noSuchKey(key: string): OssFault {
  return new OssFault('NoSuchKey', { extra: { Key: key } })
}
