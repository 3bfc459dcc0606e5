// With `forbidOverwrite` OSS refuses only the last request. This check comes first, so that no whole file is sent
// for nothing. OSS still refuses an object that is stored in between. If OSS does not enforce `forbidOverwrite`,
// this check is the only protection.

import { OssError } from '../../errors.ts'
import { isForbidden } from '../../oss/refusal.ts'
import type { Run } from '../run/run.ts'
import { headOf } from './look-at-object.ts'

/** @throws {OssError} `FileAlreadyExists`. Does nothing if reading is not permitted. */
export async function expectNoObject(run: Run): Promise<void> {
  const head = await headOf(run).catch((error: unknown) => {
    if (isForbidden(error)) return undefined
    throw error
  })
  if (head !== undefined) throw objectExists(run)
}

/** The same error that OSS gives when it enforces `forbidOverwrite`. */
export function objectExists({ bucket, key }: Run): OssError {
  return new OssError('FileAlreadyExists', 'The object exists and must not be overwritten', {
    status: 409,
    operation: 'HeadObject',
    bucket,
    key,
    hint: 'Nothing was stored. Use another key, remove the object, or allow overwriting',
  })
}
