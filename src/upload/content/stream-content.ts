// A stream is read once, from start to end, so its bytes cannot be read again later. The caller may pass it again from
// its start. Then confirmed parts are compared while they are read, and not sent again.

import { SourceError } from '../../errors.ts'
import { crc64 } from '../../hash/crc64.ts'
import type { ConfirmedPart, OpenUpload } from '../../journal/fold.ts'
import { partSizeMin } from '../../limits.ts'
import type { ListedPart } from '../../oss/list-parts.ts'
import type { Plan } from '../../plan/plan-parts.ts'
import { streamBaseSize } from '../../plan/stream-part-size.ts'
import type { Identity, StreamSource } from '../../ports.ts'
import type { ProgressTracker } from '../../progress/tracker.ts'
import type { Connections } from '../../schedule/connections.ts'
import { type PeekableStream, peekable } from '../../source/stream-source.ts'
import { dropUnlisted, hasEqualBytes, listAllParts } from '../check/reconcile.ts'
import { findEarlierEnd } from '../resume/earlier-end.ts'
import type { Content, ContentSteps, Match, Stored } from '../run/content.ts'
import type { Job, Run } from '../run/run.ts'
import { putBytes } from '../send/put-whole.ts'
import { orSourceFailed, sendStream } from '../send/stream-parts.ts'
import { isStreamOf } from './compare-stream.ts'

/** A stream before its first request. */
interface Beginning {
  readonly stream: PeekableStream
  /** The first bytes: the whole stream if they are fewer than `base`. */
  readonly first: Uint8Array
  /** Bytes of a part, for a new upload. */
  readonly base: number
  /** Length of the stream in bytes, if known. */
  readonly length: number | undefined
  /** Reads the first bytes, but leaves them in the stream. */
  readonly peek: (size: number) => Promise<Uint8Array>
}

/** The content of a stream. */
export function streamContent(job: Job, source: StreamSource): Content {
  let beginning: Beginning | undefined
  return {
    isShared: false,
    async look(progress: ProgressTracker, signal: AbortSignal) {
      const { options } = job
      const length = expectedLength(job, source)
      progress.phase('preparing', length)
      const stream = peekable(source)
      const base = streamBaseSize(options.partSize, length ?? options.sizeHint)
      const peek = (size: number) => orSourceFailed(job, signal, () => stream.peek(size, signal))
      const first = await peek(base)
      const isAll = first.length < base
      if (isAll) checkLength(job, first.length, length, true)
      beginning = { stream, first, base, length, peek }
      return isAll && first.length < options.multipartThreshold
    },
    stepsOf(run, connections) {
      if (beginning === undefined) throw new Error('The stream was not looked at')
      return new StreamSteps(run, connections, beginning)
    },
    async close() {
      // The producer of a stream may be stuck; closing the stream must not wait for it.
      source.close().catch(() => {})
    },
  }
}

class StreamSteps implements ContentSteps {
  readonly isWhole: boolean
  readonly identity: Identity
  readonly sizeHint: number
  readonly #run: Run
  readonly #connections: Connections
  readonly #beginning: Beginning
  #isTaken = false
  /** The parts that OSS has of an earlier upload, if it says so. */
  #listed: { readonly id: string; readonly parts: Map<number, ListedPart> | undefined } | undefined

  constructor(run: Run, connections: Connections, beginning: Beginning) {
    const { first, base, length } = beginning
    this.#run = run
    this.#connections = connections
    this.#beginning = beginning
    this.isWhole = first.length < base && first.length < run.options.multipartThreshold
    this.identity = { size: length ?? 0 }
    this.sizeHint = length ?? run.options.sizeHint ?? 0
  }

  get canStartOver(): boolean {
    return !this.#isTaken
  }

  async refresh(): Promise<void> {}

  async findObjectOfOwner(): Promise<undefined> {}

  async findUnrecorded(): Promise<undefined> {}

  /** The first part decides: an upload with the same first bytes is ours. Later parts are compared while they are read. */
  async match(listed: ReadonlyMap<number, ListedPart>): Promise<Match | undefined> {
    const { base, peek } = this.#beginning
    const there = listed.get(1)
    if (there === undefined) return undefined
    const bytes = await peek(there.size)
    if (bytes.length !== there.size || !hasEqualBytes(bytes, there)) return undefined
    // A first part below the minimum size was the whole stream then, and does not show the part size.
    const partSize = there.size < partSizeMin ? base : there.size
    return { partSize, partsEqual: listed.size, records: [] }
  }

  /** OSS may have been working on an earlier run's Complete when the object was first looked for. */
  async findAfterDeath(): Promise<Stored | undefined> {
    return this.#isTaken ? undefined : findEarlierEnd(this.#run, this, true)
  }

  async hasBytesOf(object: Pick<Stored, 'size' | 'crc64'>): Promise<boolean> {
    const { first, length, stream } = this.#beginning
    // These bytes are in memory, so they can be compared and sent afterwards.
    if (this.isWhole) return first.length === object.size && crc64(first) === object.crc64
    this.#isTaken = true
    this.#run.progress.phase('verifying', length)
    return isStreamOf(this.#run, stream, object, this.#check)
  }

  async putWhole(): Promise<Stored> {
    const { first } = this.#beginning
    const size = first.length
    this.#run.progress.phase('sending', size)
    const crc = crc64(first)
    return { object: await putBytes(this.#run, first, crc), size, crc64: crc, parts: 0 }
  }

  async resume(upload: OpenUpload): Promise<Pick<Plan<ConfirmedPart>, 'kept' | 'missing'>> {
    const run = this.#run
    this.#listed = { id: upload.id, parts: await listAllParts(run, upload) }
    await dropUnlisted(run, this.#listed.parts)
    return { kept: [...run.checkpoint.state.parts.values()], missing: [] }
  }

  async send(upload: OpenUpload): Promise<undefined> {
    const { checkpoint, clock, options, progress } = this.#run
    const { length, stream } = this.#beginning
    progress.phase('sending', length)
    this.#isTaken = true
    const { size } = await sendStream(this.#run, upload, {
      stream,
      // The part size of the started upload, not that of the current options.
      base: upload.intent.partSize,
      grows: length === undefined && options.sizeHint === undefined,
      listed: this.#listed?.id === upload.id ? this.#listed.parts : undefined,
      connections: this.#connections,
      check: this.#check,
    })
    await checkpoint.record({ t: 'source', size, at: clock.now() })
  }

  async reconcile(upload: OpenUpload): Promise<void> {
    await dropUnlisted(this.#run, await listAllParts(this.#run, upload))
  }

  readonly #check = (size: number, isEnd: boolean): void => {
    const { length } = this.#beginning
    if (isEnd || size > (length ?? size)) checkLength(this.#run, size, length, isEnd)
  }
}

function expectedLength({ options, key }: Job, source: StreamSource): number | undefined {
  const { expectedSize } = options
  const { name, size } = source
  if (expectedSize !== undefined && size !== undefined && size !== expectedSize) {
    throw new SourceError('SOURCE_SIZE', `${name} has ${size} bytes, not ${expectedSize}`, {
      key,
      hint: 'Nothing was sent. Correct expectedSize, or look at what makes the stream',
    })
  }
  return expectedSize ?? size
}

function checkLength(
  { sourceName, key }: Pick<Job, 'sourceName' | 'key'>,
  size: number,
  expected: number | undefined,
  isEnd: boolean,
): void {
  if (expected === undefined || size === expected) return
  const what = isEnd
    ? `ended after ${size} bytes, not ${expected}`
    : `has more than ${expected} bytes`
  throw new SourceError('SOURCE_SIZE', `${sourceName} ${what}`, {
    key,
    hint: 'Nothing was stored. Offer the whole stream again: confirmed parts are not sent again',
  })
}
