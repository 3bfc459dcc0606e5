// With `forbidOverwrite` OSS refuses only the last request. Asking first spares the sending of a whole
// file for nothing; what comes between is still refused at the end.

import { OssError } from '../../errors.ts'
import { headObject } from '../../oss/head-object.ts'
import type { Run } from '../run/run.ts'

/** @throws {OssError} `FileAlreadyExists`. Where reading is refused, nothing is known and nothing said. */
export async function expectNoObject(run: Run): Promise<void> {
  try {
    await run.requester.run({ operation: 'HeadObject', signal: run.signal }, call =>
      headObject(run.client, { key: run.key }, call),
    )
  } catch (error) {
    if (error instanceof OssError && (error.status === 404 || error.status === 403)) return
    throw error
  }
  throw new OssError('FileAlreadyExists', 'The object exists and must not be overwritten', {
    status: 409,
    operation: 'HeadObject',
    bucket: run.bucket,
    key: run.key,
    hint: 'Nothing was sent. Use another key, remove the object, or allow overwriting',
  })
}
