// Finds out whether OSS enforces `forbidOverwrite` in this bucket. OSS ignores the header if versioning is enabled or
// suspended. So we ask the bucket first. If that is refused, we look for the object before we store anything.
// Contract, rule 17.

import { OssError, StateError } from '../../errors.ts'
import type { UploadResult } from '../../options/upload-options.ts'
import type { OssClient } from '../../oss/client.ts'
import { getBucketVersioning } from '../../oss/get-bucket-versioning.ts'
import type { Run } from '../run/run.ts'

/** For this long the answer of a bucket counts for its other uploads too. */
const rememberMs = 60_000

/** `none`: OSS enforces `forbidOverwrite`. `unknown`: the bucket does not say. */
type Versioning = 'none' | 'Enabled' | 'Suspended' | 'unknown'

interface Remembered {
  readonly at: number
  readonly versioning: Versioning
}

const remembered = new WeakMap<OssClient, Remembered>()

/**
 * With `forbidOverwrite`: finds out whether OSS enforces it in this bucket, before a byte is sent.
 * @throws {StateError} `FORBID_OVERWRITE_IGNORED` in a bucket with versioning
 */
export async function checkOverwriting(run: Run): Promise<void> {
  if (!run.options.forbidOverwrite) return
  const versioning = await versioningOf(run)
  run.overwriting.isEnforced = versioning === 'none'
  if (versioning === 'none' || versioning === 'unknown') return
  const state = versioning === 'Enabled' ? 'enabled' : 'suspended'
  throw new StateError(
    'FORBID_OVERWRITE_IGNORED',
    `OSS ignores forbidOverwrite in the bucket ${run.bucket}, since its versioning is ${state}`,
    {
      bucket: run.bucket,
      key: run.key,
      hint:
        versioning === 'Enabled'
          ? 'Nothing was stored. Leave out forbidOverwrite: the bucket keeps the older version'
          : 'Nothing was stored. Use a bucket without versioning, or leave out forbidOverwrite',
    },
  )
}

async function versioningOf(run: Run): Promise<Versioning> {
  const now = run.clock.monotonic()
  const known = remembered.get(run.client)
  if (known !== undefined && now - known.at < rememberMs) return known.versioning
  const versioning = await askBucket(run)
  remembered.set(run.client, { at: now, versioning })
  return versioning
}

async function askBucket({ client, requester, signal }: Run): Promise<Versioning> {
  try {
    const { status } = await requester.run({ operation: 'GetBucketVersioning', signal }, call =>
      getBucketVersioning(client, call),
    )
    if (status === undefined) return 'none'
    return status === 'Enabled' || status === 'Suspended' ? status : 'unknown'
  } catch (error) {
    if (!(error instanceof OssError) || error.code === 'NoSuchBucket') throw error
    // Most users lack this permission. A custom domain or a proxy may refuse with another code.
    return 'unknown'
  }
}

/** How `forbidOverwrite` was enforced; `undefined` without that option. */
export function overwritingOf(
  { options, overwriting }: Run,
  versionId: string | undefined,
): UploadResult['forbidOverwrite'] {
  if (!options.forbidOverwrite) return undefined
  // Only a bucket with versioning gives version ids, and not in each answer.
  if (overwriting.isEnforced && versionId === undefined) return 'enforced'
  return overwriting.hasLooked ? 'checked' : 'unchecked'
}
