import { noSuchKey, OssFault } from '../http/errors.ts'
import type { Context } from '../request/context.ts'
import { isRefusal, type Refusal } from '../store/store.ts'

/** Returns the store's result. If the store refused, throws the error that OSS gives a client in that case. */
export function accept<Result>(result: Refusal | Result, { bucket, key }: Context): Result {
  if (!isRefusal(result)) return result
  switch (result) {
    case 'exists':
      throw new OssFault('FileAlreadyExists')
    case 'not-empty':
      throw new OssFault('BucketNotEmpty', { extra: { BucketName: bucket } })
    case 'no-upload':
      throw new OssFault('NoSuchUpload')
    case 'changed':
      throw new OssFault('InvalidPart')
    case 'no-object':
      throw noSuchKey(key)
    case 'no-bucket':
      throw new OssFault('NoSuchBucket', { extra: { BucketName: bucket } })
  }
}
