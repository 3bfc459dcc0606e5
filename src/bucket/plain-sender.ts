// Sends the request of a plain operation, again where that is safe and may help.

import { defaultIdleTimeoutMs } from '../options/retry-options.ts'
import type { CallOptions, OssClient } from '../oss/client.ts'
import type { Ports } from '../ports.ts'
import { Requester } from '../schedule/requester.ts'

/** Fewer than for an upload: a program waits for the answer. */
export const defaultPlainAttempts = 3

/** How a request may be repeated. */
export interface Repetition {
  /** As OSS names it. */
  readonly operation: string
  /** False: OSS would act twice. It is only sent again if OSS cannot have seen it. */
  readonly isRepeatable?: boolean
  /** False: its body can be read only once. */
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
      // Being offline counts as any other fault: nothing shows the caller that it is waited out.
      offlineTimeoutMs: 0,
      isPatient: false,
      onRetry: () => {},
      onOffline: () => {},
      onOnline: () => {},
    })
  }

  /** @throws what the last attempt threw; the signal's reason */
  async send<T>(
    { operation, isRepeatable = true, isReadable = true }: Repetition,
    { attempts = this.#attempts, ...call }: CallOptions,
    act: (call: CallOptions) => Promise<T>,
  ): Promise<T> {
    // With `attempt` the caller counts the attempts and repeats the request.
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
