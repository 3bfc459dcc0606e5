// Sends the request of a plain operation. Sends it again if that is safe and may help.

import { defaultIdleTimeoutMs } from '../options/retry-options.ts'
import type { CallOptions, OssClient } from '../oss/client.ts'
import type { Ports } from '../ports.ts'
import { Requester } from '../schedule/requester.ts'

/** Fewer attempts than for an upload, because a program waits for the answer. */
export const defaultPlainAttempts = 3

/** Whether and how a request may be repeated. */
export interface Repetition {
  /** OSS's name of the operation. */
  readonly operation: string
  /** False if OSS would act twice. The request is then sent again only if OSS cannot have received it. */
  readonly isRepeatable?: boolean
  /** False if the body can be read only once. */
  readonly isReadable?: boolean
}

export class PlainSender {
  readonly #requester: Requester
  readonly #attempts: number

  constructor(client: OssClient, { clock, random }: Ports, attempts: number) {
    this.#attempts = attempts
    this.#requester = new Requester({
      client,
      clock,
      random,
      attempts,
      idleTimeoutMs: defaultIdleTimeoutMs,
      // Being offline counts like any other fault. Plain operations have no events, so a caller could not see that
      // the library waits.
      offlineTimeoutMs: 0,
      isPatient: false,
      onRetry: () => {},
      onOffline: () => {},
      onOnline: () => {},
    })
  }

  /**
   * Sends the request until it succeeds or the attempts are used up.
   * @throws the error of the last attempt; the signal's reason
   */
  async send<T>(
    { operation, isRepeatable = true, isReadable = true }: Repetition,
    { attempts = this.#attempts, ...call }: CallOptions,
    act: (call: CallOptions) => Promise<T>,
  ): Promise<T> {
    // With `attempt`, the caller counts the attempts and repeats the request itself.
    if (call.attempt !== undefined || !isReadable) return act(call)
    const { signal = new AbortController().signal, onBytesSent } = call
    return this.#requester.run(
      { operation, signal, onBytesSent, attempts, repeatable: isRepeatable },
      once =>
        act(
          call.idleTimeoutMs === undefined ? once : { ...once, idleTimeoutMs: call.idleTimeoutMs },
        ),
    )
  }
}
