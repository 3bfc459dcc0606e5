// Names that OSS accepts, checked before any request is sent.

import { OptionError } from '../errors.ts'
import { bucketPattern, keySizeMax, partCountMax, regionPattern } from '../limits.ts'
import { shown } from '../text/shown.ts'

/** @throws {OptionError} `INVALID_BUCKET_NAME` */
export function validateBucketName(name: unknown): string {
  if (typeof name === 'string' && bucketPattern.test(name)) return name
  throw new OptionError('INVALID_BUCKET_NAME', `The bucket name is ${shown(name)}`, {
    options: ['name'],
    hint: 'Allowed: 3 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit',
  })
}

/**
 * Checks a region id and removes the `oss-` that older interfaces put before it.
 * @throws {OptionError} `INVALID_REGION`
 */
export function validateRegion(region: unknown): string {
  const id = typeof region === 'string' ? region.replace(/^oss-/, '') : ''
  if (regionPattern.test(id)) return id
  throw new OptionError('INVALID_REGION', `region is ${shown(region)}`, {
    hint: 'Allowed: a region id such as cn-hangzhou',
  })
}

/**
 * Checks an object key. It is not normalised: `a//b` and `../x` are valid keys.
 * @throws {OptionError} `INVALID_KEY`
 */
export function validateKey(key: unknown): string {
  const fault = faultOf(key)
  if (fault === undefined) return key as string
  throw new OptionError('INVALID_KEY', `The key ${shown(key)} ${fault}`, {
    hint: `Allowed: 1 to ${keySizeMax} bytes of UTF-8 that do not begin with / or \\`,
  })
}

/** @throws {OptionError} `INVALID_UPLOAD_ID` */
export function validateUploadId(uploadId: unknown): string {
  // In `u` mode, this class matches only half a surrogate pair.
  if (typeof uploadId === 'string' && /^\P{Surrogate}+$/su.test(uploadId)) return uploadId
  throw new OptionError('INVALID_UPLOAD_ID', `The upload id is ${shown(uploadId)}`, {
    hint: 'Allowed: what InitiateMultipartUpload answered',
  })
}

/** @throws {OptionError} `INVALID_PART_NUMBER` */
export function validatePartNumber(partNumber: number): number {
  if (Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= partCountMax) {
    return partNumber
  }
  throw new OptionError('INVALID_PART_NUMBER', `The part number is ${shown(partNumber)}`, {
    hint: `Allowed: 1 to ${partCountMax}`,
  })
}

function faultOf(key: unknown): string | undefined {
  if (typeof key !== 'string') return 'is not a string'
  if (key === '') return 'is empty'
  if (/^[/\\]/.test(key)) return `begins with ${key[0]}`
  // In `u` mode, this class matches only unpaired surrogates.
  if (/\p{Surrogate}/u.test(key)) return 'is not valid Unicode'
  // A UTF-16 code unit takes at most three bytes, so most keys need no counting.
  if (key.length * 3 <= keySizeMax) return undefined
  const size = new TextEncoder().encode(key).length
  return size > keySizeMax ? `has ${size} bytes` : undefined
}
