// The local OSS's rules behind a transport, in memory and on a virtual clock: what uploads are tested
// against. Every request passes `intercept`, which may answer it, lose it, or lose its answer.

import { setMaxListeners } from 'node:events'
import { OssClient } from '../../../src/oss/client.ts'
import { resolveAddress } from '../../../src/oss/endpoint.ts'
import type { Signer } from '../../../src/oss/signer.ts'
import { credentialsSigner } from '../../../src/oss/signer.ts'
import type {
  Clock,
  HttpRequest,
  HttpResponse,
  Random,
  SendOptions,
  Transport,
} from '../../../src/ports.ts'
import { KeyRing } from '../../../src/server/auth/keys.ts'
import { createHandler, type HandlerOptions } from '../../../src/server/handler.ts'
import type { ServerRequest } from '../../../src/server/http/http.ts'
import { createMemoryStore } from '../../../src/server/store/memory-store.ts'
import type { BucketRecord } from '../../../src/server/store/records.ts'
import type { ObjectStore } from '../../../src/server/store/store.ts'
import { seeded } from './random.ts'

export interface SeenRequest {
  /** As OSS names it: `UploadPart`. */
  readonly operation: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** Bytes of the body that were read. */
  sent: number
}

/** Does what the network and OSS do to one request. `pass` sends it on. */
export type Intercept = (
  seen: SeenRequest,
  pass: () => Promise<HttpResponse>,
) => Promise<HttpResponse>

export class LocalOss implements Transport {
  readonly bucket = 'examplebucket'
  readonly store: ObjectStore = createMemoryStore()
  readonly keys = new KeyRing()
  readonly requests: SeenRequest[] = []
  intercept: Intercept = (_seen, pass) => pass()
  /** What GetBucketVersioning answers: a status, `''` if it was never set, `refused` for 403. */
  versioning: '' | 'Enabled' | 'Suspended' | 'refused' = ''
  /** Bytes that one read of a body asks for. */
  readSize = 64 * 1024
  readonly #handler
  readonly #clock: Clock

  constructor(clock: Clock, options: HandlerOptions = {}, random: Random = seeded(1)) {
    this.#clock = clock
    this.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret' })
    this.#handler = createHandler({
      store: this.store,
      clock,
      random,
      keys: this.keys,
      options: { createBuckets: true, ...options },
    })
  }

  client(
    signer: Signer = credentialsSigner({
      credentials: async () => ({ accessKeyId: 'id', accessKeySecret: 'secret' }),
      region: 'cn-hangzhou',
      product: 'oss',
    }),
    clock: Clock = this.#clock,
  ): OssClient {
    const address = resolveAddress({ name: this.bucket, region: 'cn-hangzhou' })
    return new OssClient({ address, transport: this, signer, clock })
  }

  async send(
    request: HttpRequest,
    options: Pick<SendOptions, 'signal' | 'onBytesSent'>,
  ): Promise<HttpResponse> {
    // All requests of an upload listen to its signal.
    if (options.signal !== undefined) setMaxListeners(0, options.signal)
    const url = new URL(`http://oss${request.target}`)
    const seen: SeenRequest = {
      operation: operationOf(request.method, url),
      query: url.searchParams,
      headers: request.headers,
      sent: 0,
    }
    this.requests.push(seen)
    let stop = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(options.signal?.reason)
      if (options.signal?.aborted) stop()
      else options.signal?.addEventListener('abort', stop, { once: true })
    })
    const broken: { error?: unknown } = {}
    const pass = async () => {
      const answer = await this.#handler(
        this.#serverRequest(request, seen, options.onBytesSent, broken),
      )
      // An incomplete body ends the request, before any answer of OSS.
      if ('error' in broken) throw broken.error
      const { status, headers, body = new Uint8Array() } = answer
      return { status, headers, body: body instanceof Uint8Array ? once(body) : body }
    }
    try {
      return await Promise.race([this.intercept(seen, pass), stopped])
    } finally {
      options.signal?.removeEventListener('abort', stop)
    }
  }

  close(): void {}

  /** Sets what the bucket is from now on: its versioning, its overwrite rules. */
  async changeBucket(change: Pick<BucketRecord, 'versioning' | 'overwriteRules'>): Promise<void> {
    const first = {
      name: this.bucket,
      createdAt: this.#clock.now(),
      acl: 'private',
      storageClass: 'Standard',
      redundancy: 'LRS',
    } as const
    const known = await this.store.bucket(this.bucket)
    await this.store.putBucket({ ...(known ?? first), ...change })
  }

  /** Refuses these actions to the key that `client` uses. */
  deny(...actions: string[]): void {
    this.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret', deny: actions })
  }

  /** How often each operation was asked for. */
  count(operation: string): number {
    return this.requests.filter(seen => seen.operation === operation).length
  }

  async object(key: string): Promise<Uint8Array | undefined> {
    const open = await this.store.openObject(this.bucket, key)
    if (open === undefined) return undefined
    const chunks: Uint8Array[] = []
    for await (const chunk of open.read(0, open.record.size)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  uploads(): ReturnType<ObjectStore['uploads']> {
    return this.store.uploads(this.bucket)
  }

  #serverRequest(
    request: HttpRequest,
    seen: SeenRequest,
    onBytesSent: ((bytes: number) => void) | undefined,
    broken: { error?: unknown },
  ): ServerRequest {
    const { body } = request
    const bodySize = body === undefined ? 0 : 'size' in body ? body.size : body.length
    const { readSize } = this
    async function* chunks() {
      if (body === undefined) return
      if (!('read' in body)) {
        seen.sent += body.length
        if (body.length > 0) yield body
        return
      }
      for (let done = 0; done < body.size; ) {
        const into = new Uint8Array(readSize)
        let count: number
        try {
          count = await body.read(into)
        } catch (error) {
          broken.error = error
          throw error
        }
        done += count
        seen.sent += count
        onBytesSent?.(count)
        yield into.subarray(0, count)
      }
    }
    return {
      method: request.method,
      target: request.target,
      headers: {
        ...request.headers,
        host: new URL(request.origin).host,
        'content-length': String(bodySize),
      },
      body: chunks(),
      bodySize,
    }
  }
}

/** An answer as OSS gives errors. */
export function refusal(status: number, code: string, fields: Record<string, string> = {}) {
  const extra = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  const document = `<Error><Code>${code}</Code><Message>no</Message>${extra.join('')}</Error>`
  return async (): Promise<HttpResponse> => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: once(new TextEncoder().encode(document)),
  })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

function operationOf(method: string, { pathname, searchParams: query }: URL): string {
  if (pathname === '/') {
    if (query.has('uploads')) return 'ListMultipartUploads'
    return query.has('versioning') ? 'GetBucketVersioning' : `${method} bucket`
  }
  if (query.has('uploads')) return 'InitiateMultipartUpload'
  if (query.has('partNumber')) return 'UploadPart'
  if (!query.has('uploadId')) {
    return { PUT: 'PutObject', HEAD: 'HeadObject', GET: 'GetObject' }[method] ?? method
  }
  const inUpload: Record<string, string> = {
    POST: 'CompleteMultipartUpload',
    DELETE: 'AbortMultipartUpload',
    GET: 'ListParts',
  }
  return inUpload[method] ?? method
}
