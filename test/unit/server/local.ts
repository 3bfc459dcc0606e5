// A server without sockets for tests of its rules: memory, a stopped clock, seeded random numbers.

import type { Clock, Random } from '../../../src/ports.ts'
import { type KeyPair, KeyRing } from '../../../src/server/auth/keys.ts'
import { signV1 } from '../../../src/server/auth/v1.ts'
import { formatTimeV4, signV4 } from '../../../src/server/auth/v4.ts'
import { createHandler, type HandlerOptions } from '../../../src/server/handler.ts'
import { percentEncode } from '../../../src/server/http/encoding.ts'
import type { Handler, ServerRequest } from '../../../src/server/http/http.ts'
import { parseTarget } from '../../../src/server/http/target.ts'
import { createMemoryStore } from '../../../src/server/store/memory-store.ts'
import { parseXml, text as textOf, type XmlElement } from '../../../src/xml/parse.ts'

export interface TestRequest {
  readonly method?: string
  readonly bucket?: string
  readonly key?: string
  /** The part behind the question mark. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | Uint8Array
  /** @default 'v4' */
  readonly sign?: 'v4' | 'v1' | 'none'
  readonly signer?: KeyPair
  /** What the client takes for now. */
  readonly at?: number
  readonly region?: string
  /** Replaces what was put together, after signing. */
  readonly tamper?: ((request: ServerRequest) => ServerRequest) | undefined
}

export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly text: string
  /** The root of an XML body. */
  readonly xml: XmlElement
  /** Code of an error, also from a HEAD's header. */
  readonly code: string | undefined
  readonly ec: string | undefined
  /** The text of an element of the error document, or of the answer's root. */
  readonly field: (name: string) => string | undefined
}

export const testKey: KeyPair = { accessKeyId: 'ak', accessKeySecret: 'sk' }
export const startedAt = Date.UTC(2025, 0, 2, 3, 4, 5)

export interface Local {
  readonly handler: Handler
  readonly keys: KeyRing
  readonly clock: { at: number; readonly sleeps: number[] }
  send(request: TestRequest): Promise<TestAnswer>
}

export async function startLocal(options: HandlerOptions = {}): Promise<Local> {
  const clock = { at: startedAt, sleeps: [] as number[] }
  const keys = new KeyRing([testKey])
  const ports: Clock = {
    now: () => clock.at,
    monotonic: () => clock.at,
    async sleep(ms) {
      clock.sleeps.push(ms)
      // Others get their turn, as they would in real time.
      for (let turn = 0; turn < 200; turn++) await undefined
    },
  }
  const handler = createHandler({
    store: createMemoryStore(),
    clock: ports,
    random: seeded(1),
    keys,
    options: { onError: error => console.error(error), ...options },
  })
  const send = async (request: TestRequest) => read(await handler(build(request, clock.at)))
  const local = { handler, keys, clock, send }
  await send({ method: 'PUT', bucket: 'examplebucket' })
  return local
}

export function seeded(seed: number): Random {
  let state = seed
  return {
    next() {
      state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
      return state / 2 ** 32
    },
  }
}

/** Puts a request together and signs it as a client would, path style. */
export function build(request: TestRequest, now: number): ServerRequest {
  const { method = 'GET', bucket, key, sign = 'v4', signer = testKey, at = now } = request
  const bytes = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
  const path = bucket === undefined ? '/' : `/${bucket}/${percentEncode(key ?? '', '/')}`
  const target = request.query ? `${path}?${request.query}` : path
  const headers: Record<string, string> = { host: '127.0.0.1:9000', ...request.headers }
  if (signer.securityToken !== undefined && sign !== 'none') {
    headers['x-oss-security-token'] ??= signer.securityToken
  }
  const parts = {
    method,
    query: parseTarget(target).query,
    ...(bucket !== undefined && { bucket }),
    ...(key !== undefined && { key }),
  }
  if (sign === 'v4') {
    const time = formatTimeV4(at)
    headers['x-oss-date'] ??= time
    headers['x-oss-content-sha256'] ??= 'UNSIGNED-PAYLOAD'
    const scope = {
      time,
      region: request.region ?? 'cn-hangzhou',
      product: 'oss',
      additionalHeaders: [],
    }
    const { signature } = signV4({ ...parts, headers }, scope, signer.accessKeySecret)
    const credential = `${signer.accessKeyId}/${time.slice(0, 8)}/${scope.region}/oss/aliyun_v4_request`
    headers.authorization ??= `OSS4-HMAC-SHA256 Credential=${credential},Signature=${signature}`
  } else if (sign === 'v1') {
    headers.date ??= new Date(at).toUTCString()
    const { signature } = signV1({ ...parts, headers }, headers.date, signer.accessKeySecret)
    headers.authorization ??= `OSS ${signer.accessKeyId}:${signature}`
  }
  const built = { method, target, headers, body: chunks(bytes), bodySize: bytes?.length ?? 0 }
  return request.tamper ? request.tamper(built) : built
}

async function* chunks(bytes: Uint8Array | undefined): AsyncGenerator<Uint8Array, void> {
  if (bytes && bytes.length > 0) yield bytes
}

async function read(answer: Awaited<ReturnType<Handler>>): Promise<TestAnswer> {
  const pieces: Uint8Array[] = []
  if (answer.body instanceof Uint8Array) pieces.push(answer.body)
  else for await (const piece of answer.body ?? []) pieces.push(piece)
  const body = Buffer.concat(pieces)
  const hidden = answer.headers['x-oss-err']
  const document = hidden === undefined ? body.toString() : Buffer.from(hidden, 'base64').toString()
  return {
    status: answer.status,
    headers: answer.headers,
    body,
    text: body.toString(),
    get xml() {
      return parseXml(document)
    },
    get code() {
      return document.includes('<Error>') ? textOf(parseXml(document), 'Code') : undefined
    },
    ec: answer.headers['x-oss-ec'],
    field: name => textOf(parseXml(document), name),
  }
}
