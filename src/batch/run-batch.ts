// Uploads many files as one job. Each file has its own upload, and all of them share the connections. Memory does not
// grow with the number of files, except for the list of files to try again.

import { linkedStop, onAbort } from '../async/signals.ts'
import type { Bucket } from '../bucket/bucket.ts'
import { isOssupError, type OssupError } from '../errors.ts'
import {
  type CompleteOptions,
  completeOptions,
  type UploadOptions,
} from '../options/upload-options.ts'
import { validateKey } from '../oss/names.ts'
import type { Identity, JournalStore, Source } from '../ports.ts'
import { ProgressTracker } from '../progress/tracker.ts'
import { makeRequester } from '../schedule/make-requester.ts'
import { SingleRequests } from '../schedule/single-requests.ts'
import { uploadFrom } from '../upload/resumable-upload.ts'
import type { EarlierUpload } from '../upload/run/run.ts'
import { type Budget, budgetFor, runAlone } from '../upload/run/running.ts'
import type { SharedResources } from '../upload/run/shared-resources.ts'
import { bandwidthOf } from '../upload/start/prepare.ts'
import { checkOptions } from '../validation/check-options.ts'
import { BatchError } from './batch-error.ts'
import {
  type BatchOptions,
  type BatchResult,
  batchRules,
  type SendReason,
} from './batch-options.ts'
import { BatchTracker } from './batch-tracker.ts'
import { type Comparison, type Listed, learn, reasonToSend } from './compare.ts'
import type { Found, FoundFile } from './found.ts'
import { Gate } from './gate.ts'
import type { KnownObjects } from './known-objects.ts'
import { withListedJournals } from './listed-journals.ts'
import { ObjectsThere } from './objects-there.ts'
import { isWorthAnotherTry, RefusalStreak, stopsAll } from './stops-all.ts'

/** Number of files that are prepared while others are sent, so that no connection waits for a disk. */
const readyAhead = 4
/** Maximum number of files sent in parts at a time. Each of them uses many connections. */
const inPartsMax = 4
const hashingMax = 2
/** Maximum number of files that are tried again at the end. Further files fail at once. */
const againMax = 10_000

export interface BatchJob {
  readonly bucket: Bucket
  /** The prefix of all keys. */
  readonly prefix: string
  /** The files, in the order of their keys. */
  readonly found: AsyncIterable<Found>
  readonly checkpoint: JournalStore | false
  readonly known: KnownObjects
  readonly options: BatchOptions
  /** Finds the upload of that source that another program left unfinished. */
  readonly findEarlier: (key: string, sourceId: string) => Promise<EarlierUpload | undefined>
}

/**
 * Uploads the files that were found.
 * @throws {BatchError} if some files failed; the others are uploaded
 * @throws at once, an error that concerns all files: credentials, the bucket, the checkpoint folder
 * @throws the signal's reason, once all uploads have stopped; their checkpoints are kept
 */
export async function runBatch(job: BatchJob): Promise<BatchResult> {
  const given = checkOptions(batchRules, job.options, { name: 'options' })
  const { skipUnchanged, dryRun, onFile, onProgress, onEvent, ...upload } = given
  const { clock } = job.bucket.ports
  const options = completeOptions(upload, { checkpoint: job.checkpoint })
  options.signal?.throwIfAborted()
  await job.bucket.client.ready(options.signal)
  const checkpoint = options.checkpoint && (await withListedJournals(options.checkpoint))
  const budget = budgetFor({ clock, client: job.bucket.client, options })
  const hasJournals = () => checkpoint !== false && checkpoint.hasAny()
  const batch = new Batch(
    job,
    { ...upload, checkpoint },
    { ...options, checkpoint },
    budget,
    hasJournals,
  )
  return runAlone(budget, () => batch.run())
}

interface Todo {
  readonly file: FoundFile
  readonly listed: Listed
}

class Batch {
  readonly #job: BatchJob
  readonly #upload: UploadOptions
  readonly #options: CompleteOptions
  readonly #tracker: BatchTracker
  readonly #shared: SharedResources
  readonly #comparison: Comparison
  readonly #stop = new AbortController()
  readonly #inParts: Gate
  readonly #streak = new RefusalStreak()
  readonly #again: FoundFile[] = []
  #isLastPass = false

  constructor(
    job: BatchJob,
    upload: UploadOptions,
    options: CompleteOptions,
    budget: Budget,
    hasJournals: () => boolean,
  ) {
    const { bucket, prefix, known } = job
    const { checkpoint } = options
    const { clock, random } = bucket.ports
    const { connections } = budget
    this.#job = job
    this.#upload = upload
    this.#options = options
    this.#tracker = new BatchTracker(clock, job.options)
    const bandwidth = bandwidthOf(options, clock)
    const singleRequests = new SingleRequests(connections)
    const optionsFor = eachOnce(contentType => completeOptions(upload, { checkpoint, contentType }))
    this.#shared = { budget, singleRequests, optionsFor, hasJournals, bandwidth }
    // Keeps one connection free for files that are sent in one request.
    this.#inParts = new Gate(() => Math.max(1, Math.min(inPartsMax, connections.target - 1)))
    const progress = new ProgressTracker(clock)
    progress.subscribe({ onEvent: event => this.#tracker.event(event) })
    const requester = makeRequester({ client: bucket.client, clock, random }, options, progress)
    const warn = (code: string, message: string) =>
      this.#tracker.event({ type: 'warning', code, message })
    const there = new ObjectsThere(
      { bucket, prefix, requester, shared: this.#shared, warn },
      this.#stop.signal,
    )
    const hashing = new Gate(() => hashingMax)
    const now = () => clock.now()
    this.#comparison = { place: bucket.place, there, known, checkpoint, hashing, now }
  }

  async run(): Promise<BatchResult> {
    const { signal } = this.#options
    const leave = signal && onAbort(signal, () => this.#stop.abort(signal.reason))
    let isWhole = false
    try {
      await this.#pass(this.#todos())
      isWhole = true
      this.#isLastPass = true
      if (this.#again.length > 0) {
        this.#tracker.again()
        // The listing is out of date here: an upload whose answer was lost may have stored its object since.
        await this.#pass(inTurn(this.#again.map(file => ({ file, listed: 'unknown' as const }))))
      }
    } finally {
      leave?.()
      this.#shared.singleRequests.leave()
      this.#tracker.close(isWhole && !this.#stop.signal.aborted)
      await this.#job.known.close(isWhole)
    }
    const { result } = this.#tracker
    if (result.failed > 0) throw new BatchError(result)
    return result
  }

  /** Handles all items, several at a time. @throws the error that stopped the batch */
  async #pass(todos: AsyncGenerator<Todo>): Promise<void> {
    const { signal } = this.#stop
    let isDry = false
    let working = 0
    await new Promise<void>(resolve => {
      const isWanted = () => !isDry && !signal.aborted
      const fill = () => {
        while (isWanted() && working < this.#filesAtOnce()) {
          working++
          void work()
        }
        if (working === 0) resolve()
      }
      const work = async () => {
        // Each worker has its own signal, because uploads add many listeners and Node warns about many listeners on
        // one signal.
        const own = linkedStop(signal)
        try {
          while (isWanted() && working <= this.#filesAtOnce()) {
            const { done, value } = await todos.next()
            if (done === true) isDry = true
            else await this.#handle(value, own.signal)
            fill()
          }
        } catch (error) {
          this.#stop.abort(error)
        } finally {
          own.leave()
        }
        working--
        fill()
      }
      fill()
    })
    await todos.return(undefined)
    signal.throwIfAborted()
  }

  #filesAtOnce(): number {
    const { concurrency } = this.#options
    return concurrency === 1 ? 1 : this.#shared.budget.connections.target + readyAhead
  }

  async *#todos(): AsyncGenerator<Todo> {
    for await (const found of this.#job.found) {
      const { path, key } = found
      if (found.kind === 'other') {
        this.#tracker.settled({ outcome: 'skipped', path, key, reason: found.reason })
        continue
      }
      const error = found.kind === 'fault' ? found.error : faultOfKey(key)
      if (error !== undefined) this.#tracker.settled({ outcome: 'failed', path, key, error })
      else if (found.kind === 'file') {
        this.#tracker.found(found)
        yield { file: found, listed: await this.#listed(key) }
      }
    }
    this.#tracker.walked()
  }

  async #listed(key: string): Promise<Listed> {
    if (this.#job.options.skipUnchanged === false) return 'unknown'
    return this.#comparison.there.listed(key)
  }

  /** Handles one file from comparison to outcome. @throws an error that stops the batch */
  async #handle({ file, listed }: Todo, signal: AbortSignal): Promise<void> {
    const { path, key, identity } = file
    const { size } = identity
    const tracked = this.#tracker.began(file)
    try {
      const { skipUnchanged, dryRun } = this.#job.options
      const why =
        skipUnchanged === false
          ? 'asked'
          : await reasonToSend(this.#comparison, file, listed, signal)
      if (why === undefined || dryRun === true) {
        tracked.left()
        const outcome = why === undefined ? { outcome: 'unchanged' as const } : planned(why)
        this.#tracker.settled({ ...outcome, path, key, size })
        return
      }
      const begunAt = this.#comparison.now()
      const { result, lastSeen } = await this.#send(file, signal, tracked)
      tracked.left(result.sentBytes)
      this.#streak.stored()
      this.#tracker.settled({ outcome: 'uploaded', path, key, size: result.size, why, result })
      if (result.verified === 'crc64' && lastSeen !== undefined) {
        learn(this.#comparison, file, { identity: lastSeen, etag: result.etag, begunAt })
      }
    } catch (error) {
      tracked.left()
      // The batch stopped for another reason. The file's checkpoint is kept, so this is not a failure of the file.
      if (signal.aborted) return
      if (stopsAll(error) || !isOssupError(error)) throw error
      this.#failed(file, error)
    }
  }

  #send(
    file: FoundFile,
    signal: AbortSignal,
    { onProgress, onEvent }: ReturnType<BatchTracker['began']>,
  ) {
    const { bucket, findEarlier } = this.#job
    const { checkpoint } = this.#options
    let lastSeen: Identity | undefined
    const open = async () => noteIdentity(await file.open(), seen => (lastSeen = seen))
    const send = async () => {
      const result = await uploadFrom(
        bucket,
        file.key,
        open,
        { ...this.#upload, signal, onEvent, ...(onProgress && { onProgress }) },
        checkpoint,
        isLarge ? id => findEarlier(file.key, id) : undefined,
        this.#shared,
      )
      return { result, lastSeen }
    }
    const isLarge = file.identity.size >= this.#options.multipartThreshold
    return isLarge ? this.#inParts.through(send) : send()
  }

  #failed(file: FoundFile, error: OssupError): void {
    const { path, key } = file
    if (!this.#isLastPass && isWorthAnotherTry(error) && this.#again.length < againMax) {
      this.#again.push(file)
      this.#tracker.postponed()
      return
    }
    this.#tracker.settled({ outcome: 'failed', path, key, error })
    if (this.#streak.failed(error)) throw error
  }
}

/**
 * Remembers the value of each name. Completing and checking all options again for each file would take a tenth
 * of the time of a small file.
 */
function eachOnce<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>()
  return name => {
    let one = made.get(name)
    if (one === undefined) {
      one = make(name)
      made.set(name, one)
    }
    return one
  }
}

function planned(why: SendReason) {
  return { outcome: 'planned' as const, why }
}

function faultOfKey(key: string): OssupError | undefined {
  try {
    validateKey(key)
    return undefined
  } catch (error) {
    if (isOssupError(error)) return error
    throw error
  }
}

/** Wraps a source, and reports its identity each time the upload reads it. */
function noteIdentity(source: Source, note: (seen: Identity) => void): Source {
  return {
    name: source.name,
    id: source.id,
    async identity() {
      const seen = await source.identity()
      note(seen)
      return seen
    },
    read: (into, position) => source.read(into, position),
    close: () => source.close(),
  }
}

async function* inTurn<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
