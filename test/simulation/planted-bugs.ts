// Bugs that an engineer might put into the engine, as edits of its source: the simulation has to find each
// within a stated number of seeds. All are planted into one bundle: `PLANTED` is the switch of each. If an
// edit no longer fits, the code has moved: put the same bug into the new code.

import type { PlantedBug } from './bundle.ts'
import type { RareStory } from './rare-stories.ts'

export interface KnownBug extends PlantedBug {
  /** Of the contract. */
  readonly rule: number
  /** Known to find it: a test of all bugs takes seconds. */
  readonly seed: number
  /** `npm run simulate -- --plant NAME` finds it within this many seeds, counted from 1. */
  readonly within: number
  /** Each seed plays this kind of story. @default what it draws */
  readonly story?: RareStory
}

export const plantedBugs: readonly KnownBug[] = [
  bug('a part is journaled before OSS has answered', 6, 20, {
    seed: 1,
    file: 'src/upload/send/send-part.ts',
    replace: `      const taken = await sender.send(request)`,
    by: `      const early = { ...part, etag: 'early', crc64: 0n }
      if (PLANTED) await run.checkpoint.record(recordOf(early, true))
      const taken = await sender.send(request)`,
  }),
  bug("a resumed upload takes its ranges from today's part size", 1, 500, {
    seed: 6,
    file: 'src/upload/content/source-content.ts',
    replace: `    const plan = planParts(this.identity.size, partSize, checkpoint.state.parts.values())`,
    by: `    const today = Number(this.#run.options.partSize)
    const plan = planParts(this.identity.size, partSize, [...checkpoint.state.parts.values()].map(part =>
      PLANTED ? { ...part, position: (part.partNumber - 1) * today } : part))`,
  }),
  bug('confirmed parts are sent again after a resume', 1, 100, {
    seed: 6,
    file: 'src/upload/check/prove-parts.ts',
    replace: `  const changed = before === undefined`,
    by: `  if (PLANTED && before !== undefined && run.progress.sentBytes === 0) {
    const all = [...state.parts.keys()]
    if (all.length > 0) await run.checkpoint.record({ t: 'drop', n: all })
  }
  const changed = before === undefined`,
  }),
  bug('the source is not looked at again before Complete', 3, 500, {
    seed: 308,
    file: 'src/upload/content/source-content.ts',
    replace: `    const proof = await proveParts(run)
    this.#seen = proof
    if`,
    by: `    const proof = PLANTED ? { ...this.#seen, reason: undefined, isMoving: false } : await proveParts(run)
    this.#seen = proof
    if`,
  }),
  bug('stamps are trusted however young they are', 3, 3000, {
    seed: 709,
    file: 'src/source/identity.ts',
    replace: `1_000_000n))) + settlingMs`,
    by: `1_000_000n))) + (PLANTED ? 0 : settlingMs)`,
  }),
  bug('stamps are trusted that have settled only since the bytes were read', 3, 70_000, {
    seed: 68946,
    file: 'src/upload/send/put-whole.ts',
    replace: `  if (isProven) return`,
    by: `  const at = run.clock.now()
  const isSettledNow = run.options.verify === 'auto' && provenFrom(now, at) <= at
  if (PLANTED ? isSettledNow : isProven) return`,
  }),
  bug('a wrong checksum of a part goes unnoticed', 2, 500, {
    seed: 6,
    file: 'src/upload/send/upload-part-sender.ts',
    replace: `crc64 !== String(body.crc64)`,
    by: `(PLANTED ? crc64 === '0' : crc64 !== String(body.crc64))`,
  }),
  bug('NoSuchUpload at Complete is taken for a failure', 4, 1000, {
    seed: 163,
    file: 'src/upload/complete/complete.ts',
    replace: `const look = await lookAtObject(run, expected, isDead)`,
    by: `const look = PLANTED && isDead ? { kind: 'absent' as const } : await lookAtObject(run, expected, isDead)`,
  }),
  bug('Complete is repeated blindly', 4, 200, {
    seed: 43,
    file: 'src/upload/complete/complete.ts',
    replace: `repeatable: false`,
    by: `repeatable: PLANTED`,
  }),
  bug('an earlier Complete in doubt is not looked at', 4, 200, {
    seed: 122,
    file: 'src/upload/resume/earlier-end.ts',
    replace: `  if (completing === undefined || upload === undefined) return undefined
`,
    by: `  if (completing === undefined || upload === undefined || PLANTED) return undefined
`,
  }),
  bug('the intention to complete is not synced', 4, 20, {
    seed: 1,
    file: 'src/upload/complete/complete.ts',
    replace: `  await run.checkpoint.recordAndSync({`,
    by: `  await run.checkpoint[PLANTED ? 'record' : 'recordAndSync']({`,
  }),
  bug('Initiate is repeated blindly', 7, 200, {
    seed: 16,
    file: 'src/upload/start/initiate.ts',
    replace: `repeatable: false`,
    by: `repeatable: PLANTED`,
  }),
  bug('what a lost answer to Initiate left behind is forgotten', 7, 500, {
    seed: 77,
    file: 'src/upload/cleanup/pending-aborts.ts',
    replace: `  for (const id of await findOrphans(run)) await abortUntilGone(run, id)`,
    by: `  if (!PLANTED) for (const id of await findOrphans(run)) await abortUntilGone(run, id)`,
  }),
  bug('a pending abort is removed without an Abort', 7, 500, {
    seed: 30,
    file: 'src/upload/cleanup/pending-aborts.ts',
    replace: `  await abortUntilGone(run, id)
  await run.checkpoint.record({ t: 'aborted', id })`,
    by: `  if (!PLANTED) await abortUntilGone(run, id)
  await run.checkpoint.record({ t: 'aborted', id })`,
  }),
  bug('a refused token is never replaced', 9, 1000, {
    seed: 157,
    file: 'src/schedule/requester.ts',
    replace: `await this.#options.client.refreshCredentials(refused, call.signal)`,
    by: `PLANTED || (await this.#options.client.refreshCredentials(refused, call.signal))`,
  }),
  bug('the clock is never corrected', 10, 500, {
    seed: 5,
    file: 'src/schedule/requester.ts',
    replace: `client.correctClock(error.serverTime)`,
    by: `PLANTED || client.correctClock(error.serverTime)`,
  }),
  bug('the budget of attempts is exceeded by one', 11, 500, {
    seed: 6,
    file: 'src/schedule/requester.ts',
    replace: `const spent = failures.count >= `,
    by: `const spent = failures.count - (PLANTED ? 1 : 0) >= `,
  }),
  bug('a crowd of parts is sent at once', 14, 100, {
    seed: 3,
    file: 'src/options/upload-options.ts',
    replace: `options.concurrency ?? defaultConcurrency`,
    by: `(PLANTED ? 9 : (options.concurrency ?? defaultConcurrency))`,
  }),
  bug('progress counts a part twice', 13, 100, {
    seed: 1,
    file: 'src/progress/tracker.ts',
    replace: `    entry.sentBytes = part.size
    this.#confirmed++`,
    by: `    entry.sentBytes = part.size
    if (PLANTED) this.#confirmedBytes += part.size
    this.#confirmed++`,
  }),
  bug('headers of an earlier run are kept', 17, 500, {
    seed: 268,
    file: 'src/upload/start/initiate.ts',
    replace: `  return haveSameHeaders(begunWith, wanted)`,
    by: `  return PLANTED || haveSameHeaders(begunWith, wanted)`,
  }),
  bug('an upload is taken over however young its parts are', 18, 1500, {
    seed: 613,
    file: 'src/upload/resume/adopt.ts',
    replace: `  if (ageMs >= youngMs) return`,
    by: `  if (ageMs >= (PLANTED ? 0 : youngMs)) return`,
  }),
  bug('an upload of the bucket is adopted without a request', 18, 200, {
    seed: 4,
    file: 'src/upload/resume/adopt.ts',
    replace: `  if (options.adopt === false) return false`,
    by: `  if (!PLANTED && options.adopt === false) return false`,
  }),
  bug('parts that only OSS knows are believed unread', 18, 500, {
    seed: 120,
    file: 'src/upload/check/reconcile.ts',
    replace: `    return String(crc64) === there.crc64 ? crc64 : undefined`,
    by: `    if (PLANTED) return crc64 === undefined ? undefined : BigInt(there.crc64)
    return String(crc64) === there.crc64 ? crc64 : undefined`,
  }),
  bug('a stream that was cut off is taken for its end', 15, 1000, {
    seed: 771,
    file: 'src/upload/content/stream-content.ts',
    replace: `    if (isEnd || size > (length ?? size)) checkLength`,
    by: `    if (PLANTED ? size < 0 : isEnd || size > (length ?? size)) checkLength`,
  }),
  bug('parts of a stream offered again are not compared', 15, 1000, {
    seed: 153,
    file: 'src/upload/send/stream-parts.ts',
    replace: `confirmed.size === size && confirmed.crc64 === crc) {`,
    by: `confirmed.size === size && (PLANTED || confirmed.crc64 === crc)) {`,
  }),
  bug('a stream is not compared with the object that is stored already', 15, 10_000, {
    seed: 1999,
    file: 'src/upload/content/stream-content.ts',
    replace: `    return isStreamOf(this.#run, stream, object, this.#check)`,
    by: `    return (await isStreamOf(this.#run, stream, object, this.#check)) || (PLANTED && object.size > 0)`,
  }),
  bug('the object of a stream is not looked for again when its upload id is dead', 4, 2000, {
    seed: 353,
    story: 'a stream whose Complete is slow',
    file: 'src/upload/content/stream-content.ts',
    replace: `    return this.#isTaken ? undefined : findEarlierEnd`,
    by: `    return this.#isTaken || PLANTED ? undefined : findEarlierEnd`,
  }),
  bug("an equal object without this upload's mark is taken for its own", 4, 20_000, {
    seed: 3494,
    file: 'src/upload/check/look-at-object.ts',
    replace: `  return nonce !== undefined && headers[nonceHeader] === nonce`,
    by: `  return nonce !== undefined && (PLANTED || headers[nonceHeader] === nonce)`,
  }),
  bug('headers that HEAD tells are not compared', 4, 20_000, {
    seed: 2081,
    file: 'src/upload/check/describes-same.ts',
    replace: `  return (
    [...storedHeaders`,
    by: `  return (
    PLANTED || [...storedHeaders`,
  }),
  bug('OSS is believed to enforce forbidOverwrite in every bucket', 17, 20_000, {
    seed: 4058,
    file: 'src/upload/check/overwrite-guard.ts',
    replace: `  run.overwriting.isEnforced = versioning === 'none'`,
    by: `  run.overwriting.isEnforced = PLANTED || versioning === 'none'`,
  }),
  bug('the result does not name the version', 17, 1000, {
    seed: 15,
    file: 'src/upload/complete/finish.ts',
    replace: `    ...(object.versionId === undefined ? {}`,
    by: `    ...(PLANTED || object.versionId === undefined ? {}`,
  }),
  bug('a part whose answer has no CRC-64 is believed', 2, 20_000, {
    seed: 448,
    file: 'src/upload/send/send-part.ts',
    replace: `    const listed = isVerified
`,
    by: `    const listed = PLANTED || isVerified
`,
  }),
  bug('the first caller to leave stops the upload for all', 5, 500, {
    seed: 44,
    file: 'src/upload/run/running.ts',
    replace: `      if (--entry.waiters > 0) reject(signal?.reason)`,
    by: `      if (--entry.waiters > (PLANTED ? 9 : 0)) reject(signal?.reason)`,
  }),
]

function bug(
  name: string,
  rule: number,
  within: number,
  edit: Omit<KnownBug, 'name' | 'rule' | 'within'>,
): KnownBug {
  return { name, rule, within, ...edit }
}
