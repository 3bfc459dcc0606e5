// The one place that makes requesters: what sends requests again, and who learns of it.

import type { ResolvedRetries } from '../options/retry-options.ts'
import type { OssClient } from '../oss/client.ts'
import type { Clock, Random } from '../ports.ts'
import type { ReadEvent } from '../progress/upload-event.ts'
import { Requester } from './requester.ts'

/** What a requester works with. */
export interface RequesterPorts {
  readonly client: OssClient
  readonly clock: Clock
  readonly random: Random
}

/** Learns of requests that are sent again, and of being offline. */
export interface RetryListener {
  retried(): void
  /** No request reaches OSS; `undefined`: one did again. Epoch milliseconds. */
  offline(outage: { readonly since: number; readonly until: number } | undefined): void
  event(event: ReadEvent): void
}

export function makeRequester(
  { client, clock, random }: RequesterPorts,
  { attempts, idleTimeoutMs, offlineTimeoutMs, isPatient }: ResolvedRetries,
  listener: RetryListener = silent,
): Requester {
  return new Requester({
    client,
    clock,
    random,
    attempts,
    idleTimeoutMs,
    offlineTimeoutMs,
    isPatient,
    onRetry({ error, partNumber, ...retry }) {
      listener.retried()
      const part = partNumber === undefined ? {} : { partNumber }
      const { code, message: reason } = error
      listener.event({ type: 'retry', ...part, ...retry, code, reason })
    },
    onOffline(error) {
      const since = clock.now()
      listener.offline({ since, until: since + offlineTimeoutMs })
      listener.event({ type: 'offline', reason: error.message, timeoutMs: offlineTimeoutMs })
    },
    onOnline(afterMs) {
      listener.offline(undefined)
      listener.event({ type: 'online', afterMs })
    },
  })
}

const silent: RetryListener = { retried() {}, offline() {}, event() {} }
