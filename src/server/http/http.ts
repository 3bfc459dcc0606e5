// The shapes between a connection and the rules of OSS. They are not the web's Request and Response: its
// URL parser would collapse `..` and `//`, which are literal bytes of a key, and its streams are slow.

/** One request as it was received. */
export interface ServerRequest {
  readonly method: string
  /** Path and query exactly as received, still encoded. */
  readonly target: string
  /** Lower-case names; several values of one name joined by `,`. Values are Unicode, read as UTF-8. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * The bytes, once from start to end. Chunks belong to the server from then on: the caller must not
   * reuse their memory. Throws a `BrokenBody` if the sender goes away or stalls.
   */
  readonly body: AsyncIterable<Uint8Array>
  /** What Content-Length says: 0 for no body; absent with chunked encoding, or if nothing was said. */
  readonly bodySize?: number
}

/** One answer. Its status and headers are final: a body only follows. */
export interface ServerResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Absent for answers without one, and to HEAD. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>
  /** Set by fault injection: the connection is destroyed before this answer (`lost`). */
  readonly fate?: 'lost'
}

/** Answers one request. Never rejects: every failure is an OSS error document. */
export type Handler = (request: ServerRequest) => Promise<ServerResponse>

/** Why a request body ended before its end. */
export class BrokenBody extends Error {
  readonly reason: 'aborted' | 'stalled'

  constructor(reason: 'aborted' | 'stalled') {
    super(`request body ${reason}`)
    this.name = 'BrokenBody'
    this.reason = reason
  }
}

/** A request without a body. */
export async function* noBody(): AsyncGenerator<Uint8Array, void> {}
