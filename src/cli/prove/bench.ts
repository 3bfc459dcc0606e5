// Requests to objects below a folder with a random name.

import type { Bucket, Signer, Transport } from '../../runtimes/node/index.ts'
import { element, type Question, type Reply } from './exchange.ts'
import { NotChecked, NotPermitted, refused } from './not-checked.ts'
import { targetOf } from './target.ts'
import { Traces } from './traces.ts'

const idleTimeoutMs = 10_000
const empty = new Uint8Array()

export interface BenchOptions {
  readonly bucket: Bucket
  readonly signer: Signer
  readonly transport: Transport
  readonly folder: string
  readonly signal: AbortSignal
  /** Headers of every request, such as the one of a requester who pays. */
  readonly headers?: Readonly<Record<string, string>>
}

export class Bench {
  readonly bucket: Bucket
  readonly folder: string
  readonly traces = new Traces()
  readonly #options: BenchOptions
  #names = 0
  #requests = 0

  constructor(options: BenchOptions) {
    this.bucket = options.bucket
    this.folder = options.folder
    this.#options = options
  }

  /** How many requests were sent. */
  get requests(): number {
    return this.#requests
  }

  /** Counts a request that the bucket sent itself. */
  countRequest(): void {
    this.#requests += 1
  }

  /** A key that was not used before. */
  newKey(): string {
    this.#names += 1
    return `${this.folder}${this.#names}`
  }

  async ask(question: Question): Promise<Reply> {
    const reply = await this.send(question, this.#options.signal)
    if (reply.code === 'AccessDenied' && !question.mayBeDenied) throw new NotPermitted()
    const forbids = question.headers?.['x-oss-forbid-overwrite'] !== undefined
    if (reply.code === 'FileAlreadyExists' && !forbids) {
      throw new NotChecked('an overwrite rule of the bucket forbids it')
    }
    if (reply.status >= 500 && reply.code !== 'NotImplemented') {
      throw new NotChecked(`OSS answered ${reply.status} ${reply.code}`)
    }
    return reply
  }

  put(key: string, body: string | Uint8Array, headers = {}): Promise<Reply> {
    return this.ask({ method: 'PUT', key, body, headers })
  }

  get(key: string, headers = {}, query = {}): Promise<Reply> {
    return this.ask({ method: 'GET', key, headers, query })
  }

  /** Stores an object that a question is about. */
  async store(key: string, body: string | Uint8Array, headers = {}): Promise<Reply> {
    const reply = await this.put(key, body, headers)
    return reply.status === 200 ? reply : refused(reply)
  }

  async initiate(key: string, headers = {}): Promise<string> {
    const reply = await this.ask({ method: 'POST', key, query: { uploads: '' }, headers })
    return element(reply.text, 'UploadId') || refused(reply)
  }

  /** @returns the ETag */
  async putPart(key: string, uploadId: string, part: number, body: string | Uint8Array) {
    const query = { partNumber: String(part), uploadId }
    const reply = await this.ask({ method: 'PUT', key, query, body })
    return reply.headers.etag ?? refused(reply)
  }

  complete(
    key: string,
    uploadId: string,
    parts: readonly (readonly [number, string])[],
    headers = {},
  ): Promise<Reply> {
    const list = parts.map(
      ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
    )
    const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`
    return this.ask({ method: 'POST', key, query: { uploadId }, body, headers })
  }

  /** Sends a request and returns any answer. */
  async send(question: Question, signal: AbortSignal): Promise<Reply> {
    const { method, key, query = {}, body, unsigned = {}, clockMs = 0, signedIn = 'url' } = question
    const { change = target => target } = question
    const headers = { ...this.#options.headers, ...question.headers }
    const at = this.bucket.now() + clockMs
    const toSign = {
      ...{ method, bucket: this.bucket.name, key, query, at },
      headers: { ...headers, ...question.unsent },
    }
    const { signer, transport } = this.#options
    const inHeader = signedIn === 'header' ? await signer.sign(toSign) : {}
    const additionalHeaders = Object.keys(toSign.headers)
    const inUrl =
      signedIn === 'url' ? await signer.presign?.({ ...toSign, additionalHeaders }, 60) : query
    const { origin } = this.bucket.address
    const target = change(targetOf(this.bucket, key, inUrl ?? query))
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
    const request = {
      ...{ method, origin, target },
      headers: { ...headers, ...inHeader, ...unsigned },
      ...(method === 'PUT' || method === 'POST' ? { body: bytes ?? empty } : {}),
    }
    const writes = method === 'PUT' || method === 'POST'
    if (key !== undefined && writes) this.traces.addKey(key)
    this.#requests += 1
    const response = await transport.send(request, { signal, idleTimeoutMs })
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) chunks.push(Buffer.from(chunk))
    const reply = replyOf(response.status, response.headers, Buffer.concat(chunks).toString())
    if (key !== undefined && method !== 'GET' && method !== 'HEAD') this.#note(key, query, reply)
    return reply
  }

  #note(key: string, query: Readonly<Record<string, string>>, { headers, text }: Reply): void {
    const version = headers['x-oss-version-id']
    // A delete by version repeats the id of what it removed.
    if (version !== undefined && query.versionId === undefined) {
      this.traces.addVersion(key, version)
    }
    const uploadId = 'uploads' in query ? element(text, 'UploadId') : ''
    if (uploadId !== '') this.traces.addUpload(key, uploadId)
  }
}

function replyOf(status: number, headers: Readonly<Record<string, string>>, body: string): Reply {
  const base64 = headers['x-oss-err']
  const text = base64 === undefined ? body : Buffer.from(base64, 'base64').toString()
  const isError = status >= 300
  const code = isError ? element(text, 'Code') : ''
  return { status, headers, text, code, ec: isError ? element(text, 'EC') : '' }
}
