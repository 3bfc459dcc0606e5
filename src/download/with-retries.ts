// The plain operations of a bucket make few attempts. `withRetries` repeats them as uploads and downloads do, for
// callers that send many requests, such as a long listing.

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

/** Options for repeating requests. Each option means the same as for a download. */
export type RetryOptions = Omit<ReadOptions, 'onProgress' | 'concurrency'>

/**
 * Runs an operation, and repeats it until it succeeds.
 * @param operation OSS's name of the operation, for messages and events
 * @param act sends the request once, with the options that it gets. It must be safe to repeat: OSS may have acted on
 * an attempt whose answer was lost.
 * @throws the error of the last attempt; the signal's reason
 */
export type Retrying = <T>(operation: string, act: (call: CallOptions) => Promise<T>) => Promise<T>

const { onProgress: _progress, concurrency: _concurrency, ...retryRules } = readRules

/**
 * Makes a function that repeats plain operations of a bucket as an upload repeats its requests. It waits and retries
 * after temporary faults, corrects a wrong clock, and gets new credentials.
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
