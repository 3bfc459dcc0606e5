// The network between processes and the server: it draws which fault befalls a request, and knows every
// request that was ever sent.

import type { HttpRequest, SendOptions, Transport } from '../../src/ports.ts'
import type { Handler } from '../../src/server/http/http.ts'
import { parseTarget, type Query } from '../../src/server/http/target.ts'
import { identify } from '../../src/server/request/identify.ts'
import { Exchange } from './exchange.ts'
import {
  type BucketKind,
  type FaultRate,
  type NetworkFault,
  type Operation,
  operations,
} from './plan.ts'
import type { Dice } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

/** One request as the network saw it. */
export interface Sent {
  /** Number of the process. */
  readonly by: number
  readonly operation: Operation
  readonly uploadId: string | undefined
  readonly partNumber: number | undefined
  readonly request: HttpRequest
  readonly bodySize: number
  readonly at: number
  readonly fault: NetworkFault | undefined
  state: 'under-way' | 'answered' | 'failed'
  /** Body bytes that the sender was notified of. */
  sentBytes: number
  /** With an answer. */
  status?: number
  /** Of an error answer: OSS's code. */
  code?: string
  /** The text of an answer that came whole. */
  answer?: string
  answerHeaders?: Readonly<Record<string, string>>
  /** Without an answer: the error that the sender got. */
  error?: unknown
}

export interface NetworkEvents {
  onSend(sent: Sent): void
  onSettled(sent: Sent): void
  onFault(fault: NetworkFault, sent: Sent): void
  /** All of the body has left. */
  onBody(sent: Sent, bytes: Uint8Array): void
}

export interface NetworkOptions {
  readonly time: VirtualTime
  readonly dice: Dice
  readonly handler: Handler
  readonly faults: readonly FaultRate[]
  readonly latencyMs: number
  readonly lateMaxMs: number
  readonly bucket: BucketKind
  readonly events: NetworkEvents
}

export class SimulatedNetwork {
  readonly options: NetworkOptions
  readonly underWay = new Set<Exchange>()
  /** No connection can be made before this moment. */
  offlineUntil = 0
  /** The faults are over. */
  isCalm = false

  constructor(options: NetworkOptions) {
    this.options = options
  }

  get isOffline(): boolean {
    return this.options.time.now < this.offlineUntil
  }

  transportFor(by: number): Transport {
    return {
      send: (request, options) => this.#send(by, request, options),
      close() {},
    }
  }

  /** A process died: its connections break, without an error for any process. */
  drop(by: number): void {
    for (const exchange of [...this.underWay]) if (exchange.sent.by === by) exchange.drop()
  }

  #send(by: number, request: HttpRequest, options: SendOptions) {
    const { time } = this.options
    const { operation, query } = identifyQuietly({
      method: request.method,
      target: request.target,
      headers: { ...request.headers, host: new URL(request.origin).host },
      body: { async *[Symbol.asyncIterator]() {} },
    })
    const part = query.get('partNumber')
    const known = [...operations, 'GetBucketVersioning' as const].find(name => name === operation)
    if (known === undefined) throw new Error(`The engine sent ${operation}`)
    const sent: Sent = {
      by,
      operation: known,
      uploadId: query.get('uploadId'),
      partNumber: part === undefined ? undefined : Number(part),
      request,
      bodySize: request.body === undefined ? 0 : sizeOf(request.body),
      at: time.now,
      fault: this.#draw(known),
      state: 'under-way',
      sentBytes: 0,
    }
    return new Exchange(this, sent, options).promise
  }

  #draw(operation: Operation): NetworkFault | undefined {
    const { dice, faults } = this.options
    if (this.isCalm) return undefined
    const struck = faults.find(
      fault => fault.operations.includes(operation) && dice.chance(fault.rate),
    )
    if (struck === undefined) return undefined
    // No client can know of an upload that a proxy started by sending Initiate twice.
    const isOutOfReach = struck.fault === 'duplicated' && operation === 'InitiateMultipartUpload'
    // Nothing but the content is protected by a checksum end to end.
    const isNoContent = struck.fault === 'body-corrupted' && !/^(Put|UploadPart)/.test(operation)
    return isOutOfReach || isNoContent ? undefined : struck.fault
  }
}

function sizeOf(body: NonNullable<HttpRequest['body']>): number {
  return body instanceof Uint8Array ? body.length : body.size
}

/** The server does not know every operation that OSS has: it refuses those when it is asked. */
function identifyQuietly(request: Parameters<typeof identify>[0]): {
  readonly operation: string
  readonly query: Query
} {
  try {
    return identify(request)
  } catch {
    return { operation: 'GetBucketVersioning', query: parseTarget(request.target).query }
  }
}
