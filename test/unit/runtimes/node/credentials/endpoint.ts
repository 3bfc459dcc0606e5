// A service on loopback that gives credentials: STS, a metadata service, a credentials URI. The test
// says what it answers and looks at what it was asked.

import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import type { Certificate } from '../../../support/certificate.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly form: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** A status with a string or a JSON value, and `date` as a header. */
export type Given = readonly [status: number, body: unknown, date?: string]

export interface Endpoint {
  readonly origin: string
  readonly port: number
  readonly asked: Asked[]
  /** Answers from now on; what was asked before is forgotten. */
  answer(answers: (asked: Asked, count: number) => Given): void
}

export async function credentialsEndpoint(tls?: Certificate): Promise<Endpoint> {
  let answers: (asked: Asked, count: number) => Given = () => [500, '']
  const asked: Asked[] = []
  const listener: RequestListener = async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', headers, url = '' } = request
    const { pathname: path, searchParams } = new URL(url, 'http://localhost')
    const query = Object.fromEntries(searchParams)
    const one = {
      method,
      path,
      query,
      form: Object.fromEntries(new URLSearchParams(body)),
      headers,
    }
    asked.push(one)
    const [status, content, date] = answers(one, asked.length)
    response.writeHead(status, date === undefined ? {} : { date })
    response.end(typeof content === 'string' ? content : JSON.stringify(content))
  }
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(() => server.close())
  const { port } = server.address() as AddressInfo
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    asked,
    answer(next) {
      answers = next
      asked.length = 0
    },
  }
}

/** Credentials in the form of STS and of the metadata service. */
export function issued(number: number, expiration: string) {
  return {
    AccessKeyId: `STS.id${number}`,
    AccessKeySecret: `secret${number}`,
    SecurityToken: `token${number}`,
    Expiration: expiration,
  }
}
