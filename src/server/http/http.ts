// The types between a connection and the rules of OSS. They are not the web's Request and Response: its URL parser
// would collapse `..` and `//`, which belong to a key unchanged, and its streams are slow.

/** A request as the server received it. */
export interface ServerRequest {
  readonly method: string
  /** Path and query exactly as received, still encoded. */
  readonly target: string
  /** Names in lower case. Several values of one name are joined by `,`. Values are decoded from UTF-8. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * The bytes, to be read once from start to end. The server owns each chunk: the caller must not reuse its memory.
   * Throws a `BrokenBody` if the sender disconnects or stalls.
   */
  readonly body: AsyncIterable<Uint8Array>
  /** Content-Length; 0 for no body. Absent with chunked encoding, or if the request has no length. */
  readonly bodySize?: number
}

/** One answer. Status and headers are final; only the body follows. */
export interface ServerResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The body; absent for answers without a body and for answers to HEAD. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>
  /** A fault to inject. `lost`: the connection is destroyed before this answer. */
  readonly fate?: 'lost'
}

/** Answers one request. Never rejects: every failure becomes an OSS error document. */
export type Handler = (request: ServerRequest) => Promise<ServerResponse>

/** A request body that ended too early, and the reason. */
export class BrokenBody extends Error {
  readonly reason: 'aborted' | 'stalled'

  constructor(reason: 'aborted' | 'stalled') {
    super(`request body ${reason}`)
    this.name = 'BrokenBody'
    this.reason = reason
  }
}

/** The body of a request without a body. */
export async function* noBody(): AsyncGenerator<Uint8Array, void> {}
