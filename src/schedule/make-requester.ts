// The only module that creates requesters, which retry failed requests and report each retry.

import type { ResolvedRetries } from '../options/retry-options.ts'
import type { OssClient } from '../oss/client.ts'
import type { Clock, Random } from '../ports.ts'
import type { ReadEvent } from '../progress/upload-event.ts'
import { Requester } from './requester.ts'

/** The ports and the client that a requester uses. */
export interface RequesterPorts {
  readonly client: OssClient
  readonly clock: Clock
  readonly random: Random
}

/** Receives the retries of requests and the times without a network. */
export interface RetryListener {
  retried(): void
  /** When the network was lost, in epoch milliseconds; `undefined` when a request has reached OSS again. */
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
