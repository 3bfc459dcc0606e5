// Sends one small request for credentials and reads its whole answer. It uses its own connection and closes it:
// credentials are requested about once an hour, and an idle connection would keep a process alive.

import { NetworkError } from '../../../errors.ts'
import type { HttpRequest } from '../../../ports.ts'
import type { NetworkOptions } from '../http/network-options.ts'
import { nodeTransport } from '../http/transport.ts'
import { refused, unavailable } from './refusal.ts'

export interface Question {
  /** The server, for messages: `STS at sts.aliyuncs.com`. */
  readonly whom: string
  readonly method: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Longest time without a received byte, in milliseconds. */
  readonly idleTimeoutMs: number
  readonly network?: NetworkOptions | undefined
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** The largest answer that is read, bytes. */
const sizeMax = 256 * 1024

/** @throws {CredentialsError} `CREDENTIALS_UNAVAILABLE` without an answer */
export async function ask(question: Question): Promise<Reply> {
  const { whom, method, url, headers = {}, body, idleTimeoutMs } = question
  const request: HttpRequest = {
    method,
    origin: url.origin,
    target: `${url.pathname}${url.search}`,
    headers,
    ...(body !== undefined && { body: Buffer.from(body) }),
  }
  const transport = nodeTransport(question.network)
  try {
    const answer = await transport.send(request, { idleTimeoutMs })
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of answer.body) {
      size += chunk.length
      if (size > sizeMax) throw refused(`${whom} answers with more than credentials`)
      // The transport uses its buffers again.
      chunks.push(Buffer.from(chunk))
    }
    return {
      status: answer.status,
      headers: answer.headers,
      text: Buffer.concat(chunks).toString(),
    }
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    const message = `${whom} cannot be asked for credentials: ${error.message}`
    throw error.retryable ? unavailable(message, error) : refused(message, undefined, error)
  } finally {
    transport.close()
  }
}
