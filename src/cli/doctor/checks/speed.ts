import { formatBytes, formatDuration } from '../../figures.ts'
import type { Check } from '../check.ts'
import { probeKey } from '../probe-key.ts'
import { abortProbe, beginProbe } from '../probe-upload.ts'

/** What is sent, unless the time is up before. */
const sizeMax = 4 * 1024 ** 2
const timeMaxMs = 10_000

/** How fast one connection sends a part. The part is thrown away with its upload. */
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
    const { clock } = bucket.ports
    const key = probeKey(target.key, world.randomName())
    const body = world.randomBytes(sizeMax)
    const upload = await beginProbe(bucket, key, signal)
    const ending = new AbortController()
    const timeUp = new Error('time is up')
    const began = clock.monotonic()
    let sentBytes = 0
    try {
      clock.sleep(timeMaxMs, ending.signal).then(
        () => ending.abort(timeUp),
        () => {},
      )
      const call = {
        signal: AbortSignal.any([signal, ending.signal]),
        onBytesSent: (bytes: number) => {
          sentBytes += bytes
        },
      }
      await bucket.uploadPart({ ...upload, partNumber: 1, body }, call)
    } catch (error) {
      if (error !== timeUp) throw error
    } finally {
      ending.abort()
      await abortProbe(bucket, upload)
    }
    const tookMs = Math.max(1, clock.monotonic() - began)
    return finding(sentBytes, tookMs)
  },
}

function finding(sentBytes: number, tookMs: number) {
  const bytesPerSecond = Math.round((sentBytes * 1000) / tookMs)
  const facts = { sentBytes, tookMs: Math.round(tookMs), bytesPerSecond }
  return {
    state: 'ok' as const,
    summary: `${formatBytes(bytesPerSecond)}/s on one connection (${formatBytes(sentBytes)} in ${formatDuration(tookMs)}); uploads use as many as help`,
    facts,
  }
}
