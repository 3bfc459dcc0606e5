// A source that can be read again: a file, or bytes in memory. Parts are read in any order, several at a time, and again
// for each attempt. If the source changes, only the parts that differ are sent again. Contract, rule 3.

import { SourceError } from '../../errors.ts'
import type { ConfirmedPart, OpenUpload } from '../../journal/fold.ts'
import { objectSizeMax, partSizeMin } from '../../limits.ts'
import type { ListedPart } from '../../oss/list-parts.ts'
import { locateSideBySide } from '../../plan/locate-parts.ts'
import { fitPartSize, type Part, type Plan, planParts } from '../../plan/plan-parts.ts'
import type { Identity, Source } from '../../ports.ts'
import type { ProgressTracker } from '../../progress/tracker.ts'
import type { Connections } from '../../schedule/connections.ts'
import { provenFrom, sameIdentity } from '../../source/identity.ts'
import { sourceBody } from '../../source/part-body.ts'
import { hashWhole, lookAfterDeath } from '../check/after-death.ts'
import { findEqualObject } from '../check/find-equal-object.ts'
import { isShortened, proveParts } from '../check/prove-parts.ts'
import { reconcile, recordsOfEqualParts, thatFit } from '../check/reconcile.ts'
import { giveUp } from '../cleanup/pending-aborts.ts'
import type { Content, ContentSteps, Match, Stored } from '../run/content.ts'
import { type Job, openUpload, type SourceRun } from '../run/run.ts'
import { md5OfRange } from '../send/content-md5.ts'
import { putWhole } from '../send/put-whole.ts'
import { queueParts } from '../send/queue-parts.ts'
import { sendParts } from '../send/send-parts.ts'
import { uploadPartSender } from '../send/upload-part-sender.ts'
import { findObjectOfOwner } from '../start/wait-for-owner.ts'

/** The identity of the source, and when it was read. */
interface Seen {
  readonly identity: Identity
  readonly seenAt: number
}

/** The content of a source that can be read again. */
export function sourceContent(job: Job, source: Source): Content {
  let seen: Seen | undefined
  return {
    isShared: true,
    async look(progress: ProgressTracker) {
      const seenAt = job.clock.now()
      seen = { identity: await source.identity(), seenAt }
      const { size } = seen.identity
      if (size > objectSizeMax) throw tooLarge(job, size)
      progress.phase('preparing', size)
      return size < job.options.multipartThreshold && job.earlier === undefined
    },
    stepsOf(run, connections) {
      if (seen === undefined) throw new Error('The source was not looked at')
      return new SourceSteps({ ...run, source }, connections, seen)
    },
    close: () => source.close(),
  }
}

class SourceSteps implements ContentSteps {
  readonly canStartOver = true
  readonly #run: SourceRun
  readonly #connections: Connections
  #seen: Seen

  constructor(run: SourceRun, connections: Connections, seen: Seen) {
    this.#run = run
    this.#connections = connections
    this.#seen = seen
  }

  get identity(): Identity {
    return this.#seen.identity
  }

  /** True if bytes that are read now are proven. */
  get #isProven(): boolean {
    return provenFrom(this.identity, this.#seen.seenAt) <= this.#run.clock.now()
  }

  get sizeHint(): number {
    return this.identity.size
  }

  /** Small sources go in one PutObject. An upload in parts continues in parts until the source changes. */
  get isWhole(): boolean {
    const { checkpoint, earlier, options } = this.#run
    if (this.identity.size >= options.multipartThreshold) return false
    const { upload, source } = checkpoint.state
    if (upload === undefined) return earlier === undefined
    return source === undefined || !sameIdentity(source, this.identity)
  }

  async refresh(): Promise<void> {
    const { clock, source } = this.#run
    const seenAt = clock.now()
    this.#seen = { identity: await source.identity(), seenAt }
  }

  async findObjectOfOwner(): Promise<Stored | undefined> {
    const run = this.#run
    if (run.previousOwner === undefined) return undefined
    // After waiting for another owner, the last look at the source is old.
    await this.refresh()
    run.progress.phase('preparing', this.identity.size)
    return findObjectOfOwner(run, this.identity)
  }

  async match(
    listed: ReadonlyMap<number, ListedPart>,
    knownPartSize: number | undefined,
  ): Promise<Match | undefined> {
    const guess = knownPartSize ?? guessPartSize(listed)
    if (guess === undefined) return undefined
    const { size } = this.identity
    // OSS may have only the last part, and its size is not the part size.
    const partSize = guess < partSizeMin ? fitPartSize(size, this.#run.options.partSize) : guess
    const { missing } = planParts(size, partSize)
    // Tries parts of one size, which most programs make; then parts of any sizes side by side.
    const candidates = [...missing, ...locateSideBySide(listed.values(), size)]
    const equal = await recordsOfEqualParts(this.#run, this.#isProven, candidates, listed)
    const records = thatFit(equal, [], size)
    return records.length === 0 ? undefined : { partSize, partsEqual: records.length, records }
  }

  /** The journal may have lost the completion too: then the object exists already. */
  async findUnrecorded(): Promise<Stored | undefined> {
    const { checkpoint, client, options } = this.#run
    const { startedAt, state } = checkpoint
    if (startedAt === undefined || state.aborting.size > 0) return undefined
    // Without the intent we do not know the mark. Then nothing proves who stored the object, or with which ACL.
    const { forbidOverwrite, completeHeaders, objectHeaders } = options
    if (forbidOverwrite || Object.keys(completeHeaders).length > 0) return undefined
    // OSS gives times in whole seconds, and we know its clock to a second.
    const initiatedAt = startedAt + client.serverOffset + 1000
    const known = { initiatedAt, nonce: undefined, alike: objectHeaders }
    return findEqualObject(this.#run, this.identity, known)
  }

  findAfterDeath(): Promise<Stored | undefined> {
    return lookAfterDeath(this.#run)
  }

  /** We compare bytes, not only timestamps: a file that was only touched has the same bytes. */
  async hasBytesOf({ size, crc64 }: Pick<Stored, 'size' | 'crc64'>): Promise<boolean> {
    const run = this.#run
    const { state } = run.checkpoint
    const { partSize } = openUpload(run).intent
    const parts = [...state.parts.values()]
    const proof = await proveParts(run)
    this.#seen = proof
    const { identity, isMoving } = proof
    if (isMoving || state.parts.size < parts.length || identity.size !== size) return false
    if ((await hashWhole(run, planParts(size, partSize, parts))) !== crc64) return false
    run.progress.plan(parts, [], true)
    return true
  }

  async putWhole(): Promise<Stored> {
    const run = this.#run
    const { size } = this.identity
    run.progress.plan([], [], false)
    run.progress.phase('sending', size)
    const object = await putWhole(run, this.identity, this.#seen.seenAt)
    return { object, size, crc64: object.localCrc64, parts: 0 }
  }

  async resume(upload: OpenUpload): Promise<Plan<ConfirmedPart>> {
    const run = this.#run
    run.progress.phase('verifying')
    this.#seen = await proveParts(run)
    await this.reconcile(upload)
    const plan = await this.#plan(upload)
    run.progress.plan(plan.kept, plan.missing, true)
    return plan
  }

  async send(upload: OpenUpload): Promise<string | undefined> {
    const run = this.#run
    const reason = await this.#sendMissing(upload)
    const proof = await proveParts(run)
    this.#seen = proof
    if (proof.reason !== undefined && proof.identity.size < run.options.multipartThreshold) {
      await giveUp(run, 'the source is now below the threshold for parts')
      throw new SourceError(
        'SOURCE_CHANGED',
        `${run.sourceName} is now below the threshold for parts`,
      )
    }
    return reason ?? proof.reason
  }

  async reconcile(upload: OpenUpload): Promise<void> {
    await reconcile(this.#run, upload, this.identity.size, this.#isProven)
  }

  /** Sends all bytes that no confirmed part covers. If the source has become shorter, resolves to the reason. */
  async #sendMissing(upload: OpenUpload): Promise<string | undefined> {
    const run = this.#run
    const connections = this.#connections
    const { size } = this.identity
    const plan = await this.#plan(upload)
    const queue = queueParts(run, connections, plan, size)
    const provenAt = provenFrom(this.identity, this.#seen.seenAt)
    run.progress.phase('sending', size)
    try {
      await sendParts(run, upload, connections, queue, (part: Part) =>
        uploadPartSender(run, {
          open: hooks => sourceBody(run.source, part, hooks),
          isProven: () => provenAt <= run.clock.now(),
          md5: signal => md5OfRange(run.source, part, signal),
        }),
      )
      return undefined
    } catch (error) {
      if (!isShortened(error)) throw error
      return (error as Error).message
    }
  }

  /** Plans the parts to send, and drops confirmed parts that do not fit any more. */
  async #plan({ intent: { partSize } }: OpenUpload): Promise<Plan<ConfirmedPart>> {
    const { checkpoint } = this.#run
    const plan = planParts(this.identity.size, partSize, checkpoint.state.parts.values())
    if (plan.dropped.length > 0) {
      await checkpoint.record({ t: 'drop', n: plan.dropped.map(part => part.partNumber) })
    }
    return plan
  }
}

/** All parts but the last have one size: the size of the first part or, without it, the largest. */
function guessPartSize(listed: ReadonlyMap<number, ListedPart>): number | undefined {
  const sizes = [...listed.values()].map(part => part.size)
  return sizes.length === 0 ? undefined : (listed.get(1)?.size ?? Math.max(...sizes))
}

function tooLarge({ key, sourceName }: Job, size: number): SourceError {
  return new SourceError('SOURCE_TOO_LARGE', `${sourceName} has ${size} bytes`, {
    key,
    hint: `OSS takes objects of at most ${objectSizeMax} bytes (48.8 TiB)`,
  })
}
