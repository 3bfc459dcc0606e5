// Judges a story from outside: by the history of the file, by the wishes of the processes, by the stored object
// and by the files that are left. docs/guide/guarantees.md has the rules in words.

import type { FaultRule } from '../../src/server/index.ts'
import type { Ended } from './command-run.ts'
import type { WatchedFile } from './watched-file.ts'

/** What OSS holds at a quiet moment. */
export interface Stored {
  readonly bytes: Buffer
  readonly metadata: string | undefined
  readonly contentType: string | undefined
}

/** An act that is over: nothing runs any more. */
export interface Past {
  readonly file: WatchedFile
  readonly ended: readonly Ended[]
  readonly faults: readonly FaultRule[]
  readonly before: Stored | undefined
  readonly after: Stored | undefined
}

/** @returns the fault of the object; `undefined` if it has none */
export function judgeObject({ file, ended, before, after }: Past): string | undefined {
  const successes = ended.filter(({ code }) => code === 0)
  const last = successes.reduce<Ended | undefined>(
    (latest, run) => (latest === undefined || run.endedAt > latest.endedAt ? run : latest),
    undefined,
  )
  if (last === undefined && isSame(before, after)) return undefined
  const candidates = ended.filter(run => {
    return run === last || last === undefined || run.endedAt > last.startedAt
  })
  if (candidates.some(run => isWantedBy(run, file, after))) return undefined
  if (after === undefined) return 'exit code 0, and there is no object'
  const had = file.versions.filter(({ bytes }) => bytes?.equals(after.bytes))
  const which = had.map(({ number }) => number).join(', ') || 'none that it ever had'
  const kind = `${after.metadata}, ${after.contentType}`
  const code = last === undefined ? 'no process succeeded' : 'exit code 0'
  return `${code}; the object has ${after.bytes.length} bytes: version ${which} of the file; ${kind}`
}

function isWantedBy(
  { plan, startedAt, endedAt }: Ended,
  file: WatchedFile,
  object: Stored | undefined,
): boolean {
  return (
    object !== undefined &&
    object.metadata === plan.metadata &&
    object.contentType === plan.contentType &&
    file.during(startedAt, endedAt).some(({ bytes }) => bytes?.equals(object.bytes))
  )
}

function isSame(a: Stored | undefined, b: Stored | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.bytes.equals(b.bytes) && a.metadata === b.metadata && a.contentType === b.contentType
}

/** Why an exit code is not true; `undefined` if it is. `judgeObject` says whether 0 is. */
export function judgeCode(run: Ended, { file, ended, faults }: Past): string | undefined {
  const { code, errorCode, hasBegun, blows, isHung, startedAt, endedAt } = run
  if (isHung) return 'it hangs'
  const hasRival = ended.some(
    other => other !== run && other.startedAt < endedAt && other.endedAt > startedAt,
  )
  const result = `exit code ${code} (${errorCode ?? 'no error'})`
  const unless = (isTrue: boolean, why: string) => (isTrue ? undefined : `${result}, ${why}`)
  switch (code) {
    case 0:
      return undefined
    case null: {
      const isEarly = !hasBegun && blows.some(blow => blow !== 'a pause')
      return unless(isEarly || blows.includes('SIGKILL'), 'but nothing killed it')
    }
    case 130:
      return unless(blows.includes('SIGINT'), 'but no SIGINT was sent')
    case 143:
      return unless(
        blows.some(blow => blow === 'SIGTERM' || blow === 'SIGHUP'),
        'but neither SIGTERM nor SIGHUP was sent',
      )
    case 4: {
      if (errorCode === 'SOURCE_CHANGED') {
        const changes = file.changesDuring(startedAt, endedAt)
        return unless(changes >= 2, `but the file changed ${changes} times meanwhile`)
      }
      const versions = file.during(startedAt, endedAt)
      const wasMissing = versions.some(({ bytes }) => bytes === undefined)
      return unless(wasMissing, 'but the file could be read all the time')
    }
    case 5:
      return unless(faults.length > 1, 'but the server had no faults')
    case 6:
      return unless(
        faults.some(({ kind }) => kind === 'wrong-crc'),
        'but no checksum was wrong',
      )
    case 7:
      return unless(hasRival, 'but no other process ran')
    case 8:
      return unless(hasRival && errorCode === 'OVERWRITTEN_ELSEWHERE', 'but nothing refused it')
    default:
      return `${result}: it means that ossup is at fault, or was called wrongly`
  }
}
