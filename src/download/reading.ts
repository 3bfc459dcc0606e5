// The parts that reading an object needs: the object's properties, and a requester that repeats requests.

import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import type { CompleteReadOptions } from '../options/read-options.ts'
import { headObject, type ObjectHead } from '../oss/head-object.ts'
import { validateKey } from '../oss/names.ts'
import { TransferMeter } from '../progress/transfer-meter.ts'
import { makeRequester } from '../schedule/make-requester.ts'
import type { Requester } from '../schedule/requester.ts'

/** The state of reading one object. */
export interface Reading {
  readonly bucket: Bucket
  readonly key: string
  readonly options: CompleteReadOptions
  readonly signal: AbortSignal
  readonly meter: TransferMeter
  readonly requester: Requester
}

/**
 * Checks everything that needs no request.
 * @throws {OptionError | CredentialsError}; the signal's reason
 */
export async function prepareReading(
  bucket: Bucket,
  key: string,
  options: CompleteReadOptions,
): Promise<Reading> {
  checkBucket(bucket)
  validateKey(key)
  const { signal, onProgress, onEvent } = options
  signal.throwIfAborted()
  await bucket.client.ready(signal)
  const meter = new TransferMeter(bucket.ports.clock, { onProgress, onEvent })
  const { client, ports } = bucket
  const requester = makeRequester({ client, ...ports }, options, meter)
  return { bucket, key, options, signal, meter, requester }
}

/** Reads the object's properties from OSS. */
export function lookAt({ bucket, key, signal, requester }: Reading): Promise<ObjectHead> {
  return requester.run({ operation: 'HeadObject', signal }, call =>
    headObject(bucket.client, { key }, call),
  )
}
