// Every code that an error of this library can have. `error.code` has this union type, so an editor completes codes
// and a misspelt code does not compile. test/unit/errors/codes.test.ts compares the list with the codes that the
// sources throw.

/** Codes of this library: stable, in capitals. docs/guide/errors.md explains each code. */
export const errorCodes = [
  // Options and arguments
  'CONFLICTING_OPTIONS',
  'ENDPOINT_DIFFERS',
  'INVALID_ACCELERATE',
  'INVALID_ACL',
  'INVALID_ADOPT',
  'INVALID_ATTEMPT',
  'INVALID_ATTEMPTS',
  'INVALID_BANDWIDTH',
  'INVALID_BODY',
  'INVALID_BUCKET',
  'INVALID_BUCKET_NAME',
  'INVALID_BYTES',
  'INVALID_CA',
  'INVALID_CALLBACK',
  'INVALID_CALLBACK_VARIABLES',
  'INVALID_CHECKPOINT',
  'INVALID_CHECKPOINT_DIR',
  'INVALID_CHUNK',
  'INVALID_CLOCK',
  'INVALID_CNAME',
  'INVALID_CONCURRENCY',
  'INVALID_CONFIGURED',
  'INVALID_CONTENT_TYPE',
  'INVALID_CONTINUATION_TOKEN',
  'INVALID_CRC64',
  'INVALID_CREDENTIALS',
  'INVALID_DELIMITER',
  'INVALID_DIRECTORY',
  'INVALID_DOWNLOAD',
  'INVALID_DRY_RUN',
  'INVALID_ENCRYPTION',
  'INVALID_ENDPOINT',
  'INVALID_ENV',
  'INVALID_EXCLUDE',
  'INVALID_EXPECTED_SIZE',
  'INVALID_EXPIRES_MS',
  'INVALID_FILES_FROM',
  'INVALID_FOLLOW_LINKS',
  'INVALID_FORBID_OVERWRITE',
  'INVALID_HEADERS',
  'INVALID_HOME',
  'INVALID_ID',
  'INVALID_IDLE_TIMEOUT_MS',
  'INVALID_INCLUDE',
  'INVALID_INSECURE',
  'INVALID_INTERNAL',
  'INVALID_KEY',
  'INVALID_KEY_MARKER',
  'INVALID_KEYS',
  'INVALID_LEAVE_OUT',
  'INVALID_LENGTH',
  'INVALID_LINK',
  'INVALID_LOGGER',
  'INVALID_MARKER',
  'INVALID_MAX_KEYS',
  'INVALID_MAX_PARTS',
  'INVALID_MAX_UPLOADS',
  'INVALID_METADATA',
  'INVALID_METADATA_ENDPOINT',
  'INVALID_METHOD',
  'INVALID_MULTIPART_THRESHOLD',
  'INVALID_NAME',
  'INVALID_NETWORK',
  'INVALID_NOW',
  'INVALID_OFFLINE_TIMEOUT_MS',
  'INVALID_ON_BYTES_SENT',
  'INVALID_ON_EVENT',
  'INVALID_ON_EXPLAINED',
  'INVALID_ON_FILE',
  'INVALID_ON_PROGRESS',
  'INVALID_OPTIONS',
  'INVALID_ORIGIN',
  'INVALID_OVERWRITE',
  'INVALID_PART_NUMBER',
  'INVALID_PART_NUMBER_MARKER',
  'INVALID_PART_SIZE',
  'INVALID_PARTS',
  'INVALID_PATH',
  'INVALID_PATH_STYLE',
  'INVALID_PROCESS',
  'INVALID_PRODUCT',
  'INVALID_REQUEST_PAYER',
  'INVALID_PREFIX',
  'INVALID_PROFILE',
  'INVALID_PROXY',
  'INVALID_QUERY',
  'INVALID_RANGE',
  'INVALID_REGION',
  'INVALID_REQUEST',
  'INVALID_ROLE',
  'INVALID_SIGNAL',
  'INVALID_SIGNER',
  'INVALID_SIZE_HINT',
  'INVALID_SKIP_UNCHANGED',
  'INVALID_SOURCE',
  'INVALID_SPOOL_DIR',
  'INVALID_START_AFTER',
  'INVALID_STORAGE_CLASS',
  'INVALID_STS_ENDPOINT',
  'INVALID_TAGS',
  'INVALID_TARGET',
  'INVALID_TIMEOUT_MS',
  'INVALID_TRUST_OTHERS',
  'INVALID_UNICODE',
  'INVALID_UPLOAD',
  'INVALID_UPLOAD_ID',
  'INVALID_UPLOAD_ID_MARKER',
  'INVALID_URI',
  'INVALID_VERIFY',
  'INVALID_WAIT',
  'INVALID_WRITE',
  'KEY_TWICE',
  'MISSING_CALLBACK',
  'NO_CHECKPOINT',
  'PRESIGN_UNSUPPORTED',
  'STREAM_TOO_LONG',
  'UNKNOWN_OPTION',
  'WRONG_BUCKET',
  // The source
  'NAME_NOT_UNICODE',
  'SOURCE_CHANGED',
  'SOURCE_FAILED',
  'SOURCE_MISSING',
  'SOURCE_NOT_A_FILE',
  'SOURCE_NOT_KEPT',
  'SOURCE_SIZE',
  'SOURCE_TOO_LARGE',
  'SOURCE_UNREADABLE',
  'SPOOL_FAILED',
  'SPOOL_UNTRUSTED',
  // Credentials
  'CREDENTIALS_MISCONFIGURED',
  'CREDENTIALS_REFUSED',
  'CREDENTIALS_UNAVAILABLE',
  'MISSING_CREDENTIALS',
  'MISSING_SIGNATURE',
  // The network
  'BAD_ANSWER',
  'NOT_OSS',
  'CONNECTION_LOST',
  'CONNECT_FAILED',
  'PROXY_REFUSED',
  'STALLED',
  'TLS_FAILED',
  // The checkpoint
  'INVALID_JOURNAL_NAME',
  'JOURNAL_CLOSED',
  'JOURNAL_FULL',
  'JOURNAL_GONE',
  'JOURNAL_TOO_NEW',
  'JOURNAL_UNTRUSTED',
  'JOURNAL_UNREADABLE',
  'JOURNAL_UNWRITABLE',
  'LOCK_LOST',
  'NO_HOME',
  'UPLOAD_BUSY',
  // The target of a download
  'TARGET_EXISTS',
  'TARGET_NOT_A_FILE',
  'TARGET_UNWRITABLE',
  'UNSAFE_NAME',
  // Content, and the state of the object
  'ADOPT_TOO_YOUNG',
  'CHECKSUM_MISMATCH',
  'COMPLETE_UNKNOWN',
  'FORBID_OVERWRITE_IGNORED',
  'HEADERS_DIFFER',
  'LEFT_BEHIND',
  'BODY_USED',
  'NOT_BEGUN',
  'NOT_JSON',
  'OBJECT_CHANGED',
  'OBJECT_MISMATCH',
  'OFFER_AGAIN',
  'OVERWRITTEN_ELSEWHERE',
  'PARTS_DIFFER',
  'UPLOAD_ID_LOST',
  // Several files
  'SOME_FAILED',
  // The command
  'CONTENT_DIFFERS',
  'LEDGER_UNWRITABLE',
  'NO_CHECKSUM',
  'OUTPUT_UNWRITABLE',
] as const

/** A code of this library. */
export type ErrorCode = (typeof errorCodes)[number]

type Letter =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z'

/**
 * A code of OSS itself. OSS adds codes over time, so any string with a lower-case letter is allowed. The list has the
 * codes that programs most often check; `docs/guide/errors.md` explains more.
 */
export type OssErrorCode =
  | 'AccessDenied'
  | 'BadErrorResponse'
  | 'BucketAlreadyExists'
  | 'BucketNotEmpty'
  | 'CallbackFailed'
  | 'EntityTooSmall'
  | 'FileAlreadyExists'
  | 'FileImmutable'
  | 'InternalError'
  | 'InvalidAccessKeyId'
  | 'InvalidDigest'
  | 'InvalidObjectState'
  | 'InvalidPart'
  | 'InvalidRange'
  | 'InvalidSecurityToken'
  | 'NoSuchBucket'
  | 'NoSuchKey'
  | 'NoSuchUpload'
  | 'NotModified'
  | 'PreconditionFailed'
  | 'RequestTimeTooSkewed'
  | 'SecurityTokenExpired'
  | 'ServiceUnavailable'
  | 'SignatureDoesNotMatch'
  // The intersection keeps the names above in the completion list of an editor.
  | (`${string}${Letter}${string}` & Record<never, never>)

/** The page of the package that explains codes. It has an anchor for each code of this library. */
const page = 'docs/guide/errors.md'

/** Returns the place that explains a code. Codes of OSS share one section. */
export function docsOf(code: string): string {
  return /[a-z]/.test(code) ? `${page}#codes-that-oss-sends` : `${page}#${code.toLowerCase()}`
}

/** Returns the option that a code names: `partSize` for `INVALID_PART_SIZE`. Returns an empty list for other codes. */
export function optionOf(code: ErrorCode): string[] {
  const upper = /^INVALID_(.+)/.exec(code)?.[1]
  if (upper === undefined) return []
  return [upper.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())]
}

/** Returns the code for an option or argument whose value is not allowed: `INVALID_PART_SIZE` for `partSize`. */
export function invalidCode(name: string): ErrorCode {
  const upper = name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
  // The list above has a code for each option. A test compares it with the tables of options.
  return `INVALID_${upper}` as ErrorCode
}
