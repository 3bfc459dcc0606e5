// What reading an object needs: its facts, and requests that are repeated until they succeed.

import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import { quietly } from '../foreign/quietly.ts'
import type { CompleteReadOptions, ReadEvent } from '../options/read-options.ts'
import { headObject, type ObjectHead } from '../oss/head-object.ts'
import { validateKey } from '../oss/names.ts'
import { TransferMeter } from '../progress/transfer-meter.ts'
import { Requester } from '../schedule/requester.ts'

/** One object that is being read. */
export interface Reading {
  readonly bucket: Bucket
  readonly key: string
  readonly options: CompleteReadOptions
  readonly signal: AbortSignal
  readonly meter: TransferMeter
  readonly requester: Requester
}

/**
 * Checks all that can be known without a request.
 * @throws {OptionError | CredentialsError}; the signal's reason
 */
export async function prepareReading(
  bucket: Bucket,
  key: string,
  options: CompleteReadOptions,
): Promise<Reading> {
  checkBucket(bucket)
  validateKey(key)
  const { signal, onProgress } = options
  signal.throwIfAborted()
  await bucket.client.ready(signal)
  const meter = new TransferMeter(bucket.ports.clock, onProgress)
  return { bucket, key, options, signal, meter, requester: makeRequester(bucket, options, meter) }
}

/** What OSS knows of the object. */
export function lookAt({ bucket, key, signal, requester }: Reading): Promise<ObjectHead> {
  return requester.run({ operation: 'HeadObject', signal }, call =>
    headObject(bucket.client, { key }, call),
  )
}

/** What repeats requests, and tells the meter and the listener of it. */
export function makeRequester(
  { client, ports: { clock, random } }: Bucket,
  { attempts, idleTimeoutMs, offlineTimeoutMs, isPatient, onEvent }: CompleteReadOptions,
  meter: TransferMeter,
): Requester {
  const tell = (event: ReadEvent) => quietly(() => onEvent?.(event))
  return new Requester({
    client,
    clock,
    random,
    attempts,
    idleTimeoutMs,
    offlineTimeoutMs,
    isPatient,
    onRetry({ error, partNumber: _, ...retry }) {
      meter.retried()
      tell({ type: 'retry', ...retry, code: error.code, reason: error.message })
    },
    onOffline(error) {
      meter.offline(clock.now())
      tell({ type: 'offline', reason: error.message, timeoutMs: offlineTimeoutMs })
    },
    onOnline(afterMs) {
      meter.offline(undefined)
      tell({ type: 'online', afterMs })
    },
  })
}
