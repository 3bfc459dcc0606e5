// The request that a callback sends to the application, and the error for a refused callback.

export interface CallbackRequest {
  readonly url: string
  /** The Host header, if it differs from the URL's host. */
  readonly host?: string
  readonly contentType: string
  readonly body: string
}

/**
 * Posts one callback. Resolves to the JSON text of the answer. Rejects for anything but 200 with JSON; for another
 * status, with a `CallbackRefused`.
 */
export type CallbackSender = (request: CallbackRequest) => Promise<string>

/** The application's server answered with a status other than 200. */
export class CallbackRefused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the callback was answered with ${status}`)
    this.name = 'CallbackRefused'
    this.status = status
  }
}
