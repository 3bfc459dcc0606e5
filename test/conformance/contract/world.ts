// One test's world: a local OSS in memory behind real sockets, a folder of files and checkpoints, and a
// network on which single requests can be watched, withheld and answered. What the upload waits for
// passes at once: nothing here sleeps.

import { createCipheriv } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import type { UploadResult } from '../../../src/options/upload-options.ts'
import type {
  Clock,
  Credentials,
  CredentialsProvider,
  HttpRequest,
  HttpResponse,
  Transport,
} from '../../../src/ports.ts'
import type { UploadEvent } from '../../../src/progress/upload-event.ts'
import type { UploadSource } from '../../../src/runtimes/node/files/open-source.ts'
import { nodeTransport } from '../../../src/runtimes/node/http/transport.ts'
import { resumableUpload, type UploadOptions } from '../../../src/runtimes/node/index.ts'
import { nodeClock } from '../../../src/runtimes/node/platform/clock.ts'
import { nodeRandom } from '../../../src/runtimes/node/platform/random.ts'
import { type LocalOss, type ServeOptions, serve } from '../../../src/server/index.ts'

export const bucketName = 'examplebucket'
export const partSize = 102_400
/** Twelve whole parts and a short one. */
export const fileSize = 1_300_000
export const partCount = 13
export const key = 'exampledir/exampleobject.bin'

/** One request on its way. */
export interface Passing {
  /** As OSS names it: `UploadPart`. */
  readonly operation: string
  readonly partNumber: number
  readonly request: HttpRequest
}

/** Does what the network does to one request; `pass` sends it on. */
export type Network = (passing: Passing, pass: () => Promise<HttpResponse>) => Promise<HttpResponse>

/** Bytes that look random and are the same for the same seed. */
export function noise(size: number, seed = 1): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16))
  return cipher.update(Buffer.alloc(size))
}

/** Sleeps are over at once, and time has passed all the same. */
class HastyClock implements Clock {
  /** Files that a test has just written are old enough to be believed. */
  #ahead = 10_000
  /** Time that passes here passes everywhere. */
  onPass: (ms: number) => void = () => {}
  now(): number {
    return Date.now() + this.#ahead
  }
  monotonic(): number {
    return performance.now() + this.#ahead
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    await setImmediate()
    signal?.throwIfAborted()
    this.#ahead += ms
    this.onPass(ms)
  }
  shift(ms: number): void {
    this.#ahead += ms
  }
}

export async function makeWorld(options: ServeOptions = {}): Promise<World> {
  const oss = await serve({ buckets: [bucketName], ...options })
  const world = new World(oss)
  onTestFinished(() => world.close())
  return world
}

export class World {
  readonly oss: LocalOss
  readonly folder = mkdtempSync(join(tmpdir(), 'ossup-contract-'))
  readonly checkpointDir = join(this.folder, 'checkpoints')
  readonly clock = new HastyClock()
  /** What happened in all uploads of this world. */
  readonly events: UploadEvent[] = []
  network: Network = (_, pass) => pass()
  readonly #sockets: Transport = nodeTransport()
  readonly #looking: Bucket
  #serverSkewMs = 0

  constructor(oss: LocalOss) {
    this.oss = oss
    const serverClock = { ...nodeClock, now: () => Date.now() + this.#serverSkewMs }
    this.clock.onPass = ms => this.skewServer(ms)
    this.#looking = new Bucket(
      { ...this.#address(), credentials: oss.key },
      { clock: serverClock, random: nodeRandom, transport: this.#sockets },
    )
  }

  /** The bucket as the upload sees it, through `network`. */
  bucket(credentials: Credentials | CredentialsProvider = this.oss.key): Bucket {
    const transport: Transport = {
      send: (request, options) => {
        const passing = describePassing(request)
        const answer = this.network(passing, () => this.#sockets.send(request, options))
        return unlessAborted(answer, options.signal)
      },
      close: () => {},
    }
    return new Bucket(
      { ...this.#address(), credentials },
      { clock: this.clock, random: nodeRandom, transport },
    )
  }

  /** Sets OSS's clock forward. */
  skewServer(ms: number): void {
    this.#serverSkewMs += ms
    this.oss.skewClock(this.#serverSkewMs)
  }

  /** A key that may do everything but these actions. */
  keyWithout(...deny: string[]): Credentials {
    const key = { accessKeyId: `limited-${deny.join('-')}`, accessKeySecret: 'secret' }
    this.oss.keys.add({ ...key, deny })
    return key
  }

  /** Uploads with small parts, by default one at a time. */
  upload(
    source: UploadSource,
    options: UploadOptions = {},
    { bucket = this.bucket(), to = key }: { bucket?: Bucket; to?: string } = {},
  ): Promise<UploadResult> {
    const place =
      options.checkpoint === undefined && options.checkpointDir === undefined
        ? { checkpointDir: this.checkpointDir }
        : {}
    return resumableUpload(bucket, to, source, {
      ...place,
      partSize,
      concurrency: 1,
      multipartThreshold: 2 * partSize,
      ...options,
      onEvent: event => {
        this.events.push(event)
        options.onEvent?.(event)
      },
    })
  }

  /** Uploads and stops as soon as that many parts are confirmed; resolves once it has stopped. */
  async uploadUntil(parts: number, source: UploadSource, options: UploadOptions = {}) {
    const stop = new AbortController()
    const reason = new Error('stopped by the test')
    let confirmed = 0
    const upload = this.upload(source, {
      ...options,
      signal: stop.signal,
      onEvent: event => {
        if (event.type === 'part' && ++confirmed === parts) stop.abort(reason)
      },
    })
    await expect(upload).rejects.toBe(reason)
  }

  /** Writes a file and gives its path. */
  file(bytes: Uint8Array, name = 'examplefile.bin'): string {
    const path = join(this.folder, name)
    writeFileSync(path, bytes)
    return path
  }

  /** Copies the checkpoints as they are now: what a kill at this moment would leave. */
  copyCheckpoints(): string {
    const copy = mkdtempSync(join(this.folder, 'crashed-'))
    for (const name of readdirSync(this.checkpointDir)) {
      if (name.endsWith('.journal')) cpSync(join(this.checkpointDir, name), join(copy, name))
    }
    return copy
  }

  /** The files that are left in the checkpoint folder. */
  leftovers(folder = this.checkpointDir): string[] {
    try {
      return readdirSync(folder)
    } catch {
      return []
    }
  }

  /** Requests that the server has got since the last `forgetRequests`. */
  count(operation: string): number {
    return this.oss.stats().operations[operation]?.requests ?? 0
  }

  /** Part bodies that the server has got since the last `forgetRequests`. */
  get partBodies(): number {
    return this.count('UploadPart')
  }

  forgetRequests(): void {
    this.oss.resetStats()
  }

  warnings(): string[] {
    return this.events.flatMap(event => (event.type === 'warning' ? [event.code] : []))
  }

  /** The stored object's bytes; `undefined` if it does not exist. */
  async object(at = key): Promise<Buffer | undefined> {
    try {
      const { body } = await this.#looking.getObject({ key: at })
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      return Buffer.concat(chunks)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'NoSuchKey') return undefined
      throw error
    }
  }

  /** Another program's bucket: no watching, all permissions. */
  get other(): Bucket {
    return this.#looking
  }

  /** Ids of the unfinished uploads in the bucket. */
  async unfinished(): Promise<string[]> {
    return (await this.#looking.listMultipartUploads({})).uploads.map(({ uploadId }) => uploadId)
  }

  /** The promise of rule 2 and 7: these bytes are stored, and nothing else is left anywhere. */
  async expectStored(bytes: Uint8Array, at = key): Promise<void> {
    const stored = await this.object(at)
    expect(stored?.length).toBe(bytes.length)
    expect(stored?.equals(bytes)).toBe(true)
    expect(await this.unfinished()).toEqual([])
    expect(this.leftovers()).toEqual([])
  }

  async close(): Promise<void> {
    this.#sockets.close()
    await this.oss.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #address() {
    return { name: bucketName, region: this.oss.region, endpoint: this.oss.endpoint }
  }
}

function describePassing(request: HttpRequest): Passing {
  const { pathname, searchParams: query } = new URL(`http://oss${request.target}`)
  const operation = nameOperation(request.method, pathname, query)
  return { operation, partNumber: Number(query.get('partNumber') ?? 0), request }
}

function nameOperation(method: string, pathname: string, query: URLSearchParams): string {
  if (pathname === `/${bucketName}/`) return 'ListMultipartUploads'
  if (query.has('uploads')) return 'InitiateMultipartUpload'
  if (query.has('partNumber')) return 'UploadPart'
  const ofUpload = {
    POST: 'CompleteMultipartUpload',
    DELETE: 'AbortMultipartUpload',
    GET: 'ListParts',
  }
  const ofObject = { PUT: 'PutObject', HEAD: 'HeadObject', GET: 'GetObject' }
  const names: Record<string, string> = query.has('uploadId') ? ofUpload : ofObject
  return names[method] ?? method
}

/** A network that never answers is still called off. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal?.reason)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', stop))
  })
}

/** The promise of a request that is never answered. */
export function silence(): Promise<never> {
  return new Promise(() => {})
}
