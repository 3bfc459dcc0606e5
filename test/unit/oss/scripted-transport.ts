// A transport that answers from a script and remembers what it was asked.

import { OssClient } from '../../../src/oss/client.ts'
import { type AddressOptions, resolveAddress } from '../../../src/oss/endpoint.ts'
import type { Signer } from '../../../src/oss/signer.ts'
import type { Clock, HttpRequest, SendOptions, Transport } from '../../../src/ports.ts'

export interface ScriptedAnswer {
  status?: number
  headers?: Record<string, string>
  body?: string | Uint8Array[]
}

export interface ScriptedTransport extends Transport {
  readonly requests: HttpRequest[]
  readonly options: SendOptions[]
  /** How many bodies were closed before their end. */
  closedEarly: number
}

export function scriptedTransport(...answers: (ScriptedAnswer | Error)[]): ScriptedTransport {
  const transport: ScriptedTransport = {
    requests: [],
    options: [],
    closedEarly: 0,
    async send(request, options) {
      const answer = answers[transport.requests.length]
      transport.requests.push(request)
      transport.options.push(options)
      if (answer === undefined) throw new Error('the script has no more answers')
      if (answer instanceof Error) throw answer
      const { status = 200, body = '' } = answer
      // Without one it would not be an answer of OSS.
      const headers = { 'x-oss-request-id': 'R', ...answer.headers }
      const chunks = typeof body === 'string' ? [new TextEncoder().encode(body)] : body
      return { status, headers, body: stream(chunks, () => transport.closedEarly++) }
    },
    close() {},
  }
  return transport
}

function stream(chunks: Uint8Array[], onReturn: () => void): AsyncIterable<Uint8Array> {
  const left = chunks[Symbol.iterator]()
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => left.next(),
      return: async () => {
        onReturn()
        return { done: true, value: undefined }
      },
    }),
  }
}

export function fixedClock(at: number): Clock & { at: number } {
  const clock = {
    at,
    now: () => clock.at,
    monotonic: () => clock.at,
    sleep: async () => {},
  }
  return clock
}

export const startedAt = Date.UTC(2025, 0, 2, 3, 4, 5)

/** Adds one header, so that requests can be compared in full. */
export const plainSigner: Signer = { sign: async () => ({ authorization: 'signed' }) }

export function clientFor(
  transport: Transport,
  options: { signer?: Signer; clock?: Clock; address?: AddressOptions } = {},
): OssClient {
  return new OssClient({
    address: resolveAddress(options.address ?? { name: 'bucket', region: 'cn-hangzhou' }),
    transport,
    signer: options.signer ?? plainSigner,
    clock: options.clock ?? fixedClock(startedAt),
  })
}

export type Operation = (client: OssClient) => Promise<unknown>

/** Runs an operation against one answer; `headers` are those sent beside the signature. */
export async function run(operation: Operation, answer: ScriptedAnswer) {
  const transport = scriptedTransport(answer)
  const result = await operation(clientFor(transport))
  const request = transport.requests[0]
  if (request === undefined) throw new Error('nothing was sent')
  const { authorization: _, ...headers } = request.headers
  return { ...request, headers, result }
}
