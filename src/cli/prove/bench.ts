// Requests to objects below a folder with a random name, and the clean-up of all that they made.

import { type Bucket, OssError, type Transport } from '../../runtimes/node/index.ts'
import { NotChecked } from './not-checked.ts'

export interface Question {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Changes the signed path and query before it is sent. */
  readonly change?: (target: string) => string
  /** Headers that are not signed. */
  readonly unsigned?: Readonly<Record<string, string>>
  /** AccessDenied is an answer, not a missing permission. */
  readonly mayBeDenied?: boolean
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Of an error document, else empty. */
  readonly code: string
  readonly ec: string
}

const idleTimeoutMs = 10_000

export class Bench {
  readonly bucket: Bucket
  readonly folder: string
  readonly #transport: Transport
  readonly #signal: AbortSignal
  readonly #made = new Map<string, { uploadIds: Set<string>; versionIds: Set<string> }>()
  #names = 0

  constructor(bucket: Bucket, transport: Transport, folder: string, signal: AbortSignal) {
    this.bucket = bucket
    this.#transport = transport
    this.folder = folder
    this.#signal = signal
  }

  /** A key that was not used before. */
  newKey(): string {
    this.#names += 1
    const key = `${this.folder}${this.#names}`
    this.track(key)
    return key
  }

  /** Has the clean-up remove this key too. */
  track(key: string, versionId?: string): void {
    const made = this.#made.get(key) ?? { uploadIds: new Set(), versionIds: new Set() }
    this.#made.set(key, made)
    if (versionId !== undefined) made.versionIds.add(versionId)
  }

  async ask(question: Question): Promise<Reply> {
    const reply = await this.#send(question, this.#signal)
    if (reply.status === 403 && reply.code === 'AccessDenied' && !question.mayBeDenied) {
      throw new NotChecked('no permission: AccessDenied')
    }
    if (reply.status >= 500) throw new NotChecked(`OSS answered ${reply.status} ${reply.code}`)
    return reply
  }

  async put(key: string, body: string | Uint8Array, headers = {}): Promise<Reply> {
    return this.ask({ method: 'PUT', key, body, headers })
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

  /**
   * Removes objects, versions and uploads below the folder, also after a stop.
   * @returns how many keys could not be cleaned
   */
  async cleanUp(): Promise<number> {
    let left = 0
    for (const [key, made] of this.#made) {
      try {
        await this.#abort(key, made.uploadIds)
        await this.#remove(key, made.versionIds)
      } catch {
        left += 1
      }
    }
    return left
  }

  async #abort(key: string, uploadIds: Set<string>): Promise<void> {
    try {
      // An Initiate whose answer was lost made an upload too.
      const { uploads } = await this.bucket.listMultipartUploads({ prefix: key }, { idleTimeoutMs })
      for (const upload of uploads) if (upload.key === key) uploadIds.add(upload.uploadId)
    } catch (error) {
      // Known ids are aborted also without the permission to list.
      if (serviceRefusal(error) !== 'AccessDenied') throw error
    }
    for (const uploadId of uploadIds) await this.#delete(key, { uploadId })
  }

  async #remove(key: string, versionIds: Set<string>): Promise<void> {
    if (versionIds.size === 0) await this.#delete(key, {})
    // That may have made a delete marker, which is a version too.
    for (const versionId of versionIds) await this.#delete(key, { versionId })
    const { status } = await this.#send({ method: 'HEAD', key }, cleanUpSignal())
    if (status === 200) throw new NotChecked('the object still exists')
  }

  async #delete(key: string, query: Readonly<Record<string, string>>): Promise<void> {
    const { status } = await this.#send({ method: 'DELETE', key, query }, cleanUpSignal())
    if (status !== 204 && status !== 404) throw new NotChecked(`OSS answered ${status}`)
  }

  async #send(question: Question, signal: AbortSignal): Promise<Reply> {
    const { method, key, query = {}, headers = {}, body, unsigned = {} } = question
    const { change = target => target } = question
    const url = await this.bucket.presign({ method, key, query, headers })
    const origin = new URL(url).origin
    const target = change(url.slice(origin.length))
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
    const request = {
      ...{ method, origin, target, headers: { ...headers, ...unsigned } },
      ...(method === 'PUT' || method === 'POST' ? { body: bytes ?? new Uint8Array() } : {}),
    }
    const response = await this.#transport.send(request, { signal, idleTimeoutMs })
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) chunks.push(Buffer.from(chunk))
    const version = response.headers['x-oss-version-id']
    const isWrite = method !== 'GET' && method !== 'HEAD'
    if (version !== undefined && isWrite) this.track(key, version)
    const base64 = response.headers['x-oss-err']
    const text =
      base64 === undefined
        ? Buffer.concat(chunks).toString()
        : Buffer.from(base64, 'base64').toString()
    const uploadId = 'uploads' in query ? element(text, 'UploadId') : ''
    if (uploadId !== '') this.#made.get(key)?.uploadIds.add(uploadId)
    const isError = response.status >= 300
    return {
      status: response.status,
      headers: response.headers,
      text,
      code: isError ? element(text, 'Code') : '',
      ec: isError ? element(text, 'EC') : '',
    }
  }
}

/** The network may be what failed: a clean-up request ends after this time. */
const cleanUpSignal = () => AbortSignal.timeout(idleTimeoutMs)

function serviceRefusal(error: unknown): string | undefined {
  return error instanceof OssError ? error.code : undefined
}

/** The text of the first element with this name, as it is written; or an empty string. */
export function element(document: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(document)?.[1] ?? ''
}

/** A step before the question was refused. */
export function refused({ status, code }: Reply): never {
  throw new NotChecked(`a request before the question was refused: ${status} ${code}`)
}
