// Counts the requests of clients for each operation, for users' own tests: number of requests, bytes, parts sent
// twice, and requests at the same time.

import { isBytes } from '../../foreign/bytes.ts'
import type { Addressing } from '../http/address.ts'
import type { Handler, ServerRequest } from '../http/http.ts'
import { identify } from '../request/identify.ts'

/** The counts of one operation. */
export interface OperationCounts {
  requests: number
  /** Answers with a status of 400 or above. */
  errors: number
  /** Body bytes received. */
  bytesReceived: number
  /** Body bytes sent. */
  bytesSent: number
  /** Maximum number of requests at the same time. */
  concurrentMax: number
}

/** Counts since the local OSS started, or since its counters were reset. */
export interface Stats {
  /** Counts by OSS's name of the operation. `Unknown` counts requests for no known operation. */
  readonly operations: Readonly<Record<string, Readonly<OperationCounts>>>
  /** Parts that arrived although a whole part with the same upload id and number had arrived before. */
  readonly partsSentTwice: number
}

export interface Counters {
  readonly wrap: (handler: Handler) => Handler
  readonly stats: () => Stats
  readonly reset: () => void
}

export function createCounters(addressing: Addressing = {}): Counters {
  let operations = new Map<string, OperationCounts>()
  let underWay = new Map<string, number>()
  let parts = new Set<string>()
  let partsSentTwice = 0

  const wrap =
    (handler: Handler): Handler =>
    async request => {
      const { name, part } = describe(request, addressing)
      const counts = operations.get(name) ?? emptyCounts()
      operations.set(name, counts)
      counts.requests++
      const current = (underWay.get(name) ?? 0) + 1
      underWay.set(name, current)
      counts.concurrentMax = Math.max(counts.concurrentMax, current)
      try {
        const response = await handler({
          ...request,
          body: counting(request.body, size => (counts.bytesReceived += size)),
        })
        if (response.status >= 400) counts.errors++
        else if (part !== undefined) {
          if (parts.has(part)) partsSentTwice++
          parts.add(part)
        }
        const { body } = response
        if (body === undefined) return response
        if (isBytes(body)) {
          counts.bytesSent += body.length
          return response
        }
        return { ...response, body: counting(body, size => (counts.bytesSent += size)) }
      } finally {
        underWay.set(name, (underWay.get(name) ?? 1) - 1)
      }
    }

  return {
    wrap,
    stats: () => ({ operations: structuredClone(Object.fromEntries(operations)), partsSentTwice }),
    reset() {
      operations = new Map()
      underWay = new Map()
      parts = new Set()
      partsSentTwice = 0
    },
  }
}

function emptyCounts(): OperationCounts {
  return { requests: 0, errors: 0, bytesReceived: 0, bytesSent: 0, concurrentMax: 0 }
}

function describe(request: ServerRequest, addressing: Addressing): { name: string; part?: string } {
  try {
    const { operation, query } = identify(request, addressing)
    if (operation !== 'UploadPart') return { name: operation }
    return { name: operation, part: `${query.get('uploadId')} ${query.get('partNumber')}` }
  } catch {
    return { name: 'Unknown' }
  }
}

/** Passes the same bytes on and counts them. The reader may still stop early. */
function counting(
  bytes: AsyncIterable<Uint8Array>,
  count: (size: number) => void,
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = bytes[Symbol.asyncIterator]()
      return {
        async next() {
          const step = await iterator.next()
          if (!step.done) count(step.value.length)
          return step
        },
        async return() {
          await iterator.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}
