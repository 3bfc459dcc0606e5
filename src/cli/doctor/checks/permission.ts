// Checks which actions the credentials allow at the target. Tries them with a test upload under an unused key, and
// aborts that upload at the end. It never creates an object.

import { type Bucket, OssError } from '../../../runtimes/node/index.ts'
import { formatAddress } from '../../args/address.ts'
import type { Check, Finding } from '../check.ts'
import { abortEarlierProbes, findEarlierProbes } from '../earlier-probes.ts'
import { problemOf } from '../examine.ts'
import { probeKey } from '../probe-key.ts'
import { abortProbe, beginProbe, type ProbeUpload } from '../probe-upload.ts'

export const permission: Check = {
  name: 'permission',
  needs: ['bucket'],
  async run(world, earlier) {
    const { target, signal } = world
    if (target === undefined)
      return { state: 'skipped', summary: 'not tried: no address was given' }
    const bucket = await world.bucket()
    const key = probeKey(target.key, world.randomName())
    const begun = await attempt(() => beginProbe(bucket, key, signal))
    if (begun.error !== undefined) return [putObject(begun.error)]
    const upload = begun.value
    const findings: Finding[] = []
    let aborted: Finding
    let left: readonly ProbeUpload[] = []
    try {
      const body = world.randomBytes(64)
      const sent = await attempt(() =>
        bucket.uploadPart({ ...upload, partNumber: 1, body }, { signal }),
      )
      findings.push(putObject(sent.error))
      const listed = await attempt(() => bucket.listParts(upload, { signal }))
      findings.push(outcomeOf('oss:ListParts', listed.error))
      const found = await attempt(() => findEarlierProbes(bucket, target.key, upload, signal))
      left = found.value ?? []
      findings.push(outcomeOf('oss:ListMultipartUploads', found.error))
    } finally {
      // Abort the test upload also after Ctrl-C, so that the user need not remove it.
      aborted = await abortOf(bucket, upload)
    }
    if (aborted.state === 'ok') {
      aborted = withGone(aborted, await abortEarlierProbes(bucket, left, signal), bucket)
    }
    findings.push(aborted)
    const looked = await attempt(() => bucket.headObject({ key }, { signal }))
    const isAllowed = looked.error?.status === 404 && looked.error.requestId !== undefined
    findings.push(outcomeOf('oss:GetObject', isAllowed ? undefined : looked.error))
    findings.push(await deleteObject(bucket, key, earlier.get('bucket'), signal))
    return findings
  },
}

/** How an upload works if the credentials do not allow the action. */
const without: Readonly<Record<string, string>> = {
  'oss:ListParts':
    'Uploads work without it. Only the checkpoint then records which parts are confirmed.',
  'oss:ListMultipartUploads':
    'Uploads work without it. An upload whose first answer was lost then stays in the bucket, and status and clean see only uploads with a checkpoint.',
  'oss:AbortMultipartUpload':
    'Uploads work without it, but the parts of a discarded upload stay in the bucket.',
  'oss:GetObject':
    'Uploads work without it. If the last answer is lost, ossup cannot find out whether the object was stored (COMPLETE_UNKNOWN).',
}

type Attempt<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: OssError }

/** Returns a refusal by OSS as a result. Throws other errors, such as status 500: they say nothing about permissions. */
async function attempt<T>(action: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await action() }
  } catch (error) {
    if (error instanceof OssError && error.status < 500) return { error }
    throw error
  }
}

function putObject(error: OssError | undefined): Finding {
  const action = 'oss:PutObject'
  if (error === undefined) {
    return {
      state: 'ok',
      summary: `${action}: an upload was begun and a part sent`,
      facts: { action },
    }
  }
  const { facts, ...problem } = problemOf(error)
  return { ...problem, summary: `${action}: ${problem.summary}`, facts: { action, ...facts } }
}

function outcomeOf(action: string, error: unknown): Finding {
  if (error === undefined) return { state: 'ok', summary: `${action}: allowed`, facts: { action } }
  const { summary, facts } = problemOf(error)
  const isRefusal =
    error instanceof OssError && error.status === 403 && error.requestId !== undefined
  return {
    state: 'warning',
    summary: `${action}: ${isRefusal ? 'refused' : summary}`,
    hints: [without[action] ?? ''],
    facts: { action, ...facts },
  }
}

async function abortOf(bucket: Bucket, upload: ProbeUpload): Promise<Finding> {
  const action = 'oss:AbortMultipartUpload'
  const error = await abortProbe(bucket, upload)
  const { hints = [], ...finding } = outcomeOf(action, error)
  if (error === undefined) return finding
  const address = quoted(formatAddress({ bucket: bucket.name, key: upload.key }))
  return {
    ...finding,
    hints: [
      ...hints,
      `Left behind by this check: an upload of one part of 64 bytes. With credentials that may: ossup clean --older-than 0s --others ${address}`,
    ],
    facts: { ...finding.facts, leftBehind: { bucket: bucket.name, ...upload } },
  }
}

function withGone(finding: Finding, gone: readonly ProbeUpload[], { name }: Bucket): Finding {
  if (gone.length === 0) return finding
  const what = gone.length === 1 ? 'an upload' : `${gone.length} uploads`
  return {
    ...finding,
    summary: `${finding.summary}; aborted too: ${what} that an earlier check left behind when it was killed`,
    facts: { ...finding.facts, tidied: gone.map(upload => ({ bucket: name, ...upload })) },
  }
}

/** Quotes a word for a shell, if needed. */
function quoted(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** Deletes a key without an object, which changes nothing. In a bucket with versions it would leave a delete marker. */
async function deleteObject(
  bucket: Bucket,
  key: string,
  [ofBucket]: readonly Finding[] = [],
  signal: AbortSignal,
): Promise<Finding> {
  const action = 'oss:DeleteObject'
  const facts = { action }
  if (ofBucket?.facts?.versioning !== undefined) {
    const summary = `${action}: not tried, since in a bucket with versions it would leave a marker`
    return { state: 'skipped', summary, facts }
  }
  const { error } = await attempt(() => bucket.deleteObject({ key }, { signal }))
  if (error === undefined) return outcomeOf(action, undefined)
  const summary = `${action}: refused; only ossup rm needs it`
  return { state: 'ok', summary, facts: { ...facts, ...problemOf(error).facts } }
}
