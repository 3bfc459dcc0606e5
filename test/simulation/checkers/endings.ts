// Every failure is one of the documented ones and has a cause in the story; the checkpoint that it says is
// kept is stored.

import { isOssupError } from '../../../src/errors.ts'
import type { Incident, NetworkFault, RunOptions } from '../plan.ts'
import type { SimulatedProcess } from '../process.ts'
import { codeOf } from '../story.ts'
import type { Checker } from '../watch.ts'
import type { World } from '../world.ts'

type Cause = NetworkFault | Incident | 'cut-off' | 'provider' | 'any network fault'

const tokenLifeMin = 60_000

/** What has to have happened for an error to be possible. */
const causes: Readonly<Record<string, readonly Cause[]>> = {
  UPLOAD_BUSY: ['second-owner'],
  LOCK_LOST: ['second-owner'],
  JOURNAL_FULL: ['disk-full'],
  JOURNAL_UNWRITABLE: ['disk-error'],
  JOURNAL_UNREADABLE: ['disk-error'],
  SOURCE_MISSING: ['delete-source'],
  SOURCE_CHANGED: ['edit'],
  OFFER_AGAIN: [
    'abort-by-other',
    'second-owner',
    'late',
    'duplicated',
    'other-writer',
    'equal-writer',
    'edit',
  ],
  SOURCE_FAILED: ['cut-off'],
  SOURCE_SIZE: ['cut-off'],
  UPLOAD_ID_LOST: ['abort-by-other', 'second-owner'],
  NoSuchUpload: ['abort-by-other', 'second-owner'],
  PARTS_DIFFER: ['late', 'duplicated', 'second-owner'],
  InvalidDigest: ['body-corrupted', 'edit'],
  CHECKSUM_MISMATCH: ['body-corrupted', 'answer-garbage'],
  CREDENTIALS_UNAVAILABLE: ['provider'],
  CONNECT_FAILED: ['unsent', 'offline'],
  CONNECTION_LOST: ['any network fault'],
  STALLED: ['any network fault'],
  BAD_ANSWER: ['answer-garbage'],
  NOT_OSS: ['answer-garbage'],
  BadErrorResponse: ['error-before', 'error-after', 'answer-garbage'],
  InternalError: ['error-before', 'error-after'],
  ServiceUnavailable: ['any network fault'],
  UploadTrafficRateLimitExceeded: ['throttled'],
  CpuLimitExceeded: ['throttled'],
  IncompleteBody: ['any network fault'],
}

export function endings(world: World): Checker {
  /** Processes that were given a HEAD whose figures were damaged on the way. */
  const misled = new Set<number>()
  return {
    onSettled({ by, operation, fault }) {
      if (operation === 'HeadObject' && fault === 'answer-garbage') misled.add(by)
    },
    onEnding(process, ending) {
      if (ending.kind !== 'failed') return
      const { error } = ending
      if (process.stopper.signal.aborted && error === process.stopper.signal.reason) return
      if (!isOssupError(error)) {
        const stack = error instanceof Error ? error.stack : ''
        world.violate('errors', `${process.name} failed with ${codeOf(error)} ${stack}`)
        return
      }
      if (!isExplained(world, process, error.code, misled)) {
        world.violate(
          'errors',
          `${process.name} failed without a cause: ${error.code}: ${error.message}`,
        )
      }
      const isOwner = !['UPLOAD_BUSY', 'LOCK_LOST'].includes(error.code)
      const isKept = process.machine.disk.names().length > 0 || world.plan.lock !== 'sound'
      if (isOwner && error.resumable && !isKept) {
        world.violate('errors', `${error.code} says that the checkpoint is kept, but it is not`)
      }
    },
  }
}

/** Who asks for an upload to be found in the bucket has to be allowed to look. */
export function mayNotAdopt({ plan }: World, { adopt }: RunOptions): boolean {
  return adopt !== false && plan.denied.includes('oss:ListMultipartUploads')
}

function isExplained(
  world: World,
  { number, options }: SimulatedProcess,
  code: string,
  misled: ReadonlySet<number>,
): boolean {
  const { denied, completeMs, tokenLifeMs } = world.plan
  if (code === 'COMPLETE_UNKNOWN') return denied.includes('oss:GetObject')
  const { versioning, forbids } = world.plan.bucket
  if (code === 'FileAlreadyExists') {
    return options.forbidOverwrite || (forbids && versioning === undefined)
  }
  if (code === 'HEADERS_DIFFER') return forbids || options.forbidOverwrite
  if (code === 'FORBID_OVERWRITE_IGNORED')
    return options.forbidOverwrite && versioning !== undefined
  if (code === 'AccessDenied') return mayNotAdopt(world, options)
  // Who else has written is known to the checker of overwriting, which judges this one.
  if (code === 'OVERWRITTEN_ELSEWHERE') return true
  if (code === 'ADOPT_TOO_YOUNG') return options.adopt === true
  // OSS takes longer than the sender waits.
  if (code === 'STALLED' && completeMs > 0) return true
  const { whileCompleting } = world.plan.unconfirmed
  if (code === 'ServiceUnavailable' && completeMs > 0 && whileCompleting === code) return true
  const happened = (what: string) => (world.tally.get(what) ?? 0) > 0
  // Looking at the object, where allowed, distinguishes a damaged answer to Complete from a wrong object.
  if (code === 'OBJECT_MISMATCH') {
    // Another owner's object may hide the right one.
    const isHidden = happened('incident second-owner') || happened('incident equal-writer')
    const isBlind = denied.includes('oss:GetObject') || misled.has(number) || isHidden
    return isBlind && happened('fault answer-garbage')
  }
  // Of what was stored before the change, no part that has passed can be had again.
  // A bucket that forbids to overwrite may refuse a Complete and drop its upload, without an answer that arrives.
  if (code === 'OFFER_AGAIN' && (happened('stream changed') || forbids)) return true
  if (code === 'UPLOAD_ID_LOST' && forbids) return true
  // A token that lives for seconds may end twice under one request; any other is replaced in time.
  const isShortLived = tokenLifeMs !== undefined && tokenLifeMs < tokenLifeMin
  if (code === 'SecurityTokenExpired') return isShortLived
  // What happened before may be noticed only now.
  if (world.isCalm && code !== 'OFFER_AGAIN') return false
  return (causes[code] ?? []).some(cause => {
    if (cause === 'provider') return tokenLifeMs !== undefined
    if (cause === 'any network fault') return world.plan.faults.length > 0
    return happened(`fault ${cause}`) || happened(`incident ${cause}`)
  })
}
