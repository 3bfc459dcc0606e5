// What a callback sends to the application, and how its refusal looks.

export interface CallbackRequest {
  readonly url: string
  /** The Host header, if another than the URL's. */
  readonly host?: string
  readonly contentType: string
  readonly body: string
}

/**
 * Posts one callback; resolves to the answer's JSON text. Rejects for anything but 200 with JSON, for another
 * status with a `CallbackRefused`.
 */
export type CallbackSender = (request: CallbackRequest) => Promise<string>

/** The application's server answered, but not with 200. */
export class CallbackRefused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the callback was answered with ${status}`)
    this.name = 'CallbackRefused'
    this.status = status
  }
}
