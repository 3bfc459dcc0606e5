import type { Bucket } from '../../../runtimes/node/index.ts'
import { formatBytes, formatDuration } from '../../output/figures.ts'
import type { Check, Finding } from '../check.ts'
import { probeKey } from '../probe-key.ts'
import { abortProbe, beginProbe, type ProbeUpload } from '../probe-upload.ts'
import type { World } from '../world.ts'

/** Part sizes in bytes. The first soon shows that a connection is slow, the last is large enough for a fast one. */
const sizes = [128 * 1024, 1024 ** 2, 3 * 1024 ** 2]
/** After a part that took at least this time, the check sends no larger one. */
const enoughMs = 1000
const timeMaxMs = 10_000

/** Measures how fast one connection sends a part. Then aborts the upload, which removes the part. */
export const speed: Check = {
  name: 'speed',
  needs: ['permission'],
  async run(world, earlier) {
    const { target, signal } = world
    const abort = earlier
      .get('permission')
      ?.find(({ facts }) => facts?.action === 'oss:AbortMultipartUpload')
    if (target === undefined || abort?.state !== 'ok') {
      return {
        state: 'skipped',
        summary: 'not tried: without oss:AbortMultipartUpload it would leave a part behind',
      }
    }
    const bucket = await world.bucket()
    const upload = await beginProbe(bucket, probeKey(target.key, world.randomName()), signal)
    try {
      return await measure(world, bucket, upload)
    } finally {
      await abortProbe(bucket, upload)
    }
  },
}

/** Measures from the start of a part to its answer, because bytes given to a connection can wait in buffers. */
async function measure(world: World, bucket: Bucket, upload: ProbeUpload): Promise<Finding> {
  const { stopwatch } = world
  const ending = new AbortController()
  const timeUp = new Error('time is up')
  const timer = stopwatch.sleep(timeMaxMs, ending.signal).then(
    () => ending.abort(timeUp),
    () => {},
  )
  const signal = AbortSignal.any([world.signal, ending.signal])
  let last: Sent | undefined
  try {
    for (const [index, size] of sizes.entries()) {
      const body = world.randomBytes(size)
      const began = stopwatch.monotonic()
      await bucket.uploadPart({ ...upload, partNumber: index + 1, body }, { signal })
      last = { size, tookMs: Math.max(1, stopwatch.monotonic() - began) }
      if (last.tookMs >= enoughMs) break
    }
  } catch (error) {
    if (error !== timeUp) throw error
  } finally {
    ending.abort()
    await timer
  }
  return last === undefined ? tooSlow() : fastAs(last)
}

interface Sent {
  readonly size: number
  readonly tookMs: number
}

function fastAs({ size, tookMs }: Sent): Finding {
  const bytesPerSecond = Math.round((size * 1000) / tookMs)
  const rate = `${formatBytes(bytesPerSecond)}/s on one connection`
  return {
    state: 'ok',
    summary: `${rate} (${formatBytes(size)} in ${formatDuration(tookMs)}); uploads use as many as help`,
    facts: { sentBytes: size, tookMs: Math.round(tookMs), bytesPerSecond },
  }
}

function tooSlow(): Finding {
  const [first = 0] = sizes
  const most = formatBytes((first * 1000) / timeMaxMs)
  return {
    state: 'warning',
    summary: `less than ${most}/s: ${formatBytes(first)} did not arrive within ${formatDuration(timeMaxMs)}`,
    hints: [
      'Uploads go on, as long as any byte moves within 20 s. Is something else using the line?',
    ],
    facts: { tookMs: timeMaxMs },
  }
}
