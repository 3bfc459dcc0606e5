// A story: runs of the same upload, each with what befalls it, until one succeeds; then the faults stop,
// and the remaining uploads must finish in bounded time: first safety, then liveness.

import { isOssupError } from '../../src/errors.ts'
import { mayNotAdopt } from './checkers/endings.ts'
import type { Ending } from './process.ts'
import { codeOf } from './story.ts'
import type { World } from './world.ts'

/** No run may take longer, milliseconds: offline is waited out for 15 minutes at most. */
const runMax = 6 * 3_600_000
/** With nothing going wrong any more. */
const calmRunMax = 20 * 60_000
/** Uploads that may be running elsewhere are left alone for this long. */
const adoptAfterMs = 15 * 60_000
/** Documented ends that the user has to answer with another run. */
const calmRunsMax = 4

export async function play(world: World): Promise<void> {
  await misfortunes(world)
  world.calm()
  const isDone = await comeToAnEnd(world)
  if (isDone) await world.watch.atEnd()
}

async function misfortunes(world: World): Promise<void> {
  const { runs, variation } = world.plan
  await world.oss.prepare(world.file.current.slice())
  if (variation.oss2 !== undefined) {
    const { partSize, share } = variation.oss2
    const uploadId = await world.oss.leaveOss2(world.file.current, partSize, share)
    world.oss2 = { uploadId, partSize }
  }
  for (const run of runs) {
    const machine = run.variation.elsewhere ? world.elsewhere : world.here
    world.writer = machine
    if (run.variation.losesCheckpoint) world.forget(machine)
    const process = world.start(machine, run.options, run)
    const ending = await within(world, process.ended, runMax, 'a run')
    await world.time.sleep(run.pauseMs)
    if (ending?.kind === 'stored') break
    if (run.variation.changesAfter) {
      world.count('stream changed')
      world.trace.note('world', `the stream is another now: ${world.file.edit()}`)
    }
  }
  for (const { ended } of world.processes) await within(world, ended, runMax, 'a second owner')
  // Requests in flight arrive now, or never.
  await world.time.sleep(2 * world.plan.lateMaxMs)
}

/** @returns true if the upload was stored and nothing is owed for it */
async function comeToAnEnd(world: World): Promise<boolean> {
  for (let attempt = 1; attempt <= calmRunsMax; attempt++) {
    world.writer = world.here
    const { ended } = world.start(world.here, world.plan.lastOptions)
    const ending = await within(world, ended, calmRunMax, 'a run without faults')
    if (ending === undefined) return false
    const isFinal = ending.kind === 'failed' && isFinalAnswer(world, ending)
    const isOwing = world.here.disk.names().length > 0
    world.count(
      `calm run ${attempt}: ${ending.kind === 'failed' ? codeOf(ending.error) : ending.kind}`,
    )
    if (ending.kind === 'stored' && !isOwing) return true
    if (isFinal) return false
    const isYoung = ending.kind === 'failed' && codeOf(ending.error) === 'ADOPT_TOO_YOUNG'
    // OSS refuses everything about an upload while it completes it: the next run waits for that.
    const isCompleting = ending.kind === 'failed' && codeOf(ending.error) === 'ServiceUnavailable'
    const pauseMs = 1000 + (isCompleting ? world.plan.completeMs : 0)
    await world.time.sleep(isYoung ? adoptAfterMs : pauseMs)
    if (ending.kind === 'stored' && world.plan.denied.length > 0) return true
  }
  world.violate('liveness', `${calmRunsMax} runs without faults did not come to an end`)
  return false
}

/** Final errors that are allowed even without faults. */
function isFinalAnswer(world: World, ending: Ending): boolean {
  if (ending.kind !== 'failed' || !isOssupError(ending.error)) return false
  const { denied, lastOptions } = world.plan
  const { code } = ending.error
  if (code === 'AccessDenied') return mayNotAdopt(world, lastOptions)
  if (code === 'COMPLETE_UNKNOWN') return denied.includes('oss:GetObject')
  if (code === 'FORBID_OVERWRITE_IGNORED') return lastOptions.forbidOverwrite
  return code === 'FileAlreadyExists' && (lastOptions.forbidOverwrite || world.plan.bucket.forbids)
}

async function within(
  world: World,
  ended: Promise<Ending>,
  ms: number,
  what: string,
): Promise<Ending | undefined> {
  const stop = new AbortController()
  const tooLate = world.time.sleep(ms, stop.signal).then(
    () => undefined,
    () => undefined,
  )
  const ending = await Promise.race([ended, tooLate])
  stop.abort()
  if (ending === undefined) world.violate('liveness', `${what} took more than ${ms} ms`)
  return ending
}
