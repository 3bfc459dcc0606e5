import { invalidArgument } from '../http/errors.ts'
import { bucketOf, type Context } from '../request/context.ts'
import { isProtected } from './overwrite-config.ts'

/**
 * Returns whether this write must not replace an object, because of `x-oss-forbid-overwrite` or a rule of the bucket.
 * Both are ignored once the bucket has versioning, enabled or suspended.
 * @throws {OssFault} InvalidArgument for a header that is neither true nor false
 */
export function mayNotOverwrite(context: Context): boolean {
  const value = context.request.headers['x-oss-forbid-overwrite']?.toLowerCase() || 'false'
  if (value !== 'true' && value !== 'false') throw invalidArgument('x-oss-forbid-overwrite', value)
  if (bucketOf(context).versioning !== undefined) return false
  return value === 'true' || isProtected(context)
}
