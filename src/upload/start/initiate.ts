// Starts an upload in parts. Initiate is not idempotent: if its answer is lost, an empty upload stays whose id we
// do not know. So we journal an intent before each Initiate, each with its own mark.

import { CredentialsError, NetworkError, OssError } from '../../errors.ts'
import type { CheckpointState, OpenUpload } from '../../journal/fold.ts'
import { type EndingRecord, type IntentRecord, journalVersion } from '../../journal/record.ts'
import type { CompleteOptions } from '../../options/upload-options.ts'
import { initiateMultipartUpload } from '../../oss/initiate-multipart-upload.ts'
import { fitPartSize } from '../../plan/plan-parts.ts'
import type { Identity } from '../../ports.ts'
import { backoffMs } from '../../schedule/backoff.ts'
import { askedDelayMs, isInDoubt } from '../../schedule/retryable.ts'
import { expectNoObject } from '../check/expect-no-object.ts'
import { headersOfUpload, makeNonce, nonceHeader, openUpload, type Run } from '../run/run.ts'
import { dated, dateIntents, newlyDated } from './date-intents.ts'

/** Journals the source and target of the upload, before a byte is sent. */
export async function begin(run: Run, identity: Identity): Promise<void> {
  if (run.options.forbidOverwrite) await expectNoObject(run)
  await recordBeginning(run)
  await run.checkpoint.record({ t: 'source', ...identity, at: run.clock.now() })
  await recordEnding(run)
}

/** Journals the headers of Complete, for `ossup resume`, which does not get them from the user. */
export async function recordEnding({ checkpoint, options }: Run): Promise<void> {
  const { acl, callback } = endingOf(options)
  const { ending } = checkpoint.state
  if (ending?.acl === acl && ending?.callback === callback) return
  await checkpoint.record({
    t: 'ending',
    ...(acl === undefined ? {} : { acl }),
    ...(callback === undefined ? {} : { callback }),
  })
}

function endingOf({ completeHeaders }: CompleteOptions): Pick<EndingRecord, 'acl' | 'callback'> {
  const acl = completeHeaders['x-oss-object-acl']
  return {
    ...(acl !== undefined && { acl }),
    ...(completeHeaders['x-oss-callback'] !== undefined && { callback: 1 }),
  }
}

/** Makes sure that the journal has the record that names the upload, also after that record was damaged. */
export async function recordBeginning(run: Run): Promise<void> {
  if (run.checkpoint.state.begin !== undefined) return
  const { address } = run.client
  await run.checkpoint.record({
    t: 'begin',
    v: journalVersion,
    bucket: run.bucket,
    key: run.key,
    place: run.place,
    endpoint: address.serviceOrigin ?? address.origin,
    style: address.style,
    region: address.region,
    source: run.sourceId,
    name: run.sourceName,
    at: run.clock.now(),
  })
}

/** Sends Initiate until we have an upload id, and journals it. */
export async function initiate(run: Run, size: number): Promise<OpenUpload> {
  for (let attempt = 1; ; attempt++) {
    const nonce = makeNonce(run.random)
    const headers = headersOfUpload(run, nonce)
    const intent = dated(run, {
      t: 'intent',
      nonce,
      headers,
      partSize: fitPartSize(size, run.options.partSize),
      at: run.clock.now(),
    })
    await run.checkpoint.recordAndSync(intent)
    try {
      const answer = await run.requester.run(
        { operation: 'InitiateMultipartUpload', signal: run.signal, repeatable: false },
        call => initiateMultipartUpload(run.client, { key: run.key, headers }, call),
      )
      const at = answer.answeredAt ?? run.client.serverTime() ?? run.client.now()
      const upload = { t: 'upload', id: answer.uploadId, nonce, at } as const
      // No part can be kept without these records. So each is written twice, and not side by side: one damaged
      // range of the journal cannot destroy both copies.
      const lost = newlyDated(run).filter(other => other.nonce !== nonce)
      await run.checkpoint.recordAndSync(...lost, upload, intent, upload)
      run.progress.event({ type: 'started', uploadId: answer.uploadId })
      return openUpload(run)
    } catch (error) {
      if (isRefused(error)) await run.checkpoint.record({ t: 'settled', nonce })
      await dateIntents(run)
      if (!isInDoubt(error) || attempt >= run.options.attempts) throw error
      run.progress.retried()
      await run.clock.sleep(backoffMs(attempt, run.random.next(), askedDelayMs(error)), run.signal)
    }
  }
}

/**
 * True if OSS cannot have started an upload. After an abort during the request, or after an answer that could not
 * be journaled, it may have: then the intent stays pending.
 */
function isRefused(error: unknown): boolean {
  const isAnswer =
    error instanceof OssError || error instanceof NetworkError || error instanceof CredentialsError
  return isAnswer && !isInDoubt(error)
}

/** True if the object of the current upload is the one that this run wants. */
export function objectStillFits(run: Run): boolean {
  const { upload, ending } = run.checkpoint.state
  if (upload === undefined) return false
  return isWanted(run, upload.intent, ending)
}

/** True if an upload with this intent and this completion makes the object that this run wants. */
export function isWanted(
  { options }: Run,
  intent: IntentRecord,
  ending: CheckpointState['ending'],
): boolean {
  const { acl, callback } = endingOf(options)
  return (
    haveSameHeaders(storedHeaders(intent), options.objectHeaders) &&
    ending?.acl === acl &&
    ending?.callback === callback
  )
}

/** The headers of an intent that belong to the object, without those that protect an existing object. */
export function storedHeaders({ headers }: IntentRecord): Record<string, string> {
  const { [nonceHeader]: _, 'x-oss-forbid-overwrite': __, ...stored } = headers
  return stored
}

/** True if the current upload was started with the headers that this run wants. */
export function headersStillFit(run: Run): boolean {
  const intent = run.checkpoint.state.upload?.intent
  if (intent === undefined) return false
  const { [nonceHeader]: mark, ...begunWith } = intent.headers
  const { [nonceHeader]: _, ...wanted } = headersOfUpload(run, mark ?? '')
  return haveSameHeaders(begunWith, wanted)
}

export function haveSameHeaders(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every(name => a[name] === b[name])
}
