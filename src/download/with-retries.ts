// The plain operations of a bucket send once. Whoever calls many of them, as for a long list, wants the
// patience that uploads and downloads have.

import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import {
  checkReadOptions,
  completeReadOptions,
  type ReadOptions,
  readRules,
} from '../options/read-options.ts'
import type { CallOptions } from '../oss/client.ts'
import { TransferMeter } from '../progress/transfer-meter.ts'
import { makeRequester } from '../schedule/make-requester.ts'

/** How requests are repeated; each option means what it means for a download. */
export type RetryOptions = Omit<ReadOptions, 'onProgress' | 'concurrency'>

/**
 * Runs an operation, again until it succeeds.
 * @param operation as OSS names it, for messages and events
 * @param act sends the request once, with the options that it is given. It must be safe to repeat: OSS may
 *   have acted on an attempt whose answer was lost.
 * @throws what the last attempt threw; the signal's reason
 */
export type Retrying = <T>(operation: string, act: (call: CallOptions) => Promise<T>) => Promise<T>

const { onProgress: _progress, concurrency: _concurrency, ...retryRules } = readRules

/**
 * Makes what repeats plain operations of a bucket as an upload repeats its requests: passing faults with
 * back-off, after a clock that was found wrong, with new credentials.
 *
 * @example
 * const retrying = withRetries(bucket, { attempts: 5 })
 * const page = await retrying('ListObjects', call => bucket.listObjects({ prefix: 'logs/' }, call))
 *
 * @throws {OptionError} naming the option, the value and the allowed values.
 */
export function withRetries(bucket: Bucket, options: RetryOptions = {}): Retrying {
  checkBucket(bucket)
  const complete = completeReadOptions(checkReadOptions(retryRules, options))
  const { signal } = complete
  const { client, ports } = bucket
  const meter = new TransferMeter(ports.clock, { onEvent: complete.onEvent })
  const requester = makeRequester({ client, ...ports }, complete, meter)
  return (operation, act) => requester.run({ operation, signal }, act)
}
