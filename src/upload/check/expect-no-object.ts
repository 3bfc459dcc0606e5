// With `forbidOverwrite` OSS refuses only the last request. Asking first saves sending a whole file in
// vain; an object that is stored in between is still refused at the end. Where OSS does not enforce
// `forbidOverwrite`, this look is all there is.

import { OssError } from '../../errors.ts'
import type { Run } from '../run/run.ts'
import { headOf } from './look-at-object.ts'

/** @throws {OssError} `FileAlreadyExists`. Where reading is refused, nothing is known and nothing is thrown. */
export async function expectNoObject(run: Run): Promise<void> {
  const head = await headOf(run).catch((error: unknown) => {
    if (error instanceof OssError && error.status === 403) return undefined
    throw error
  })
  if (head !== undefined) throw objectExists(run)
}

/** The error that OSS itself would answer with, where it enforces `forbidOverwrite`. */
export function objectExists({ bucket, key }: Run): OssError {
  return new OssError('FileAlreadyExists', 'The object exists and must not be overwritten', {
    status: 409,
    operation: 'HeadObject',
    bucket,
    key,
    hint: 'Nothing was stored. Use another key, remove the object, or allow overwriting',
  })
}
