// Misbehaviour on request, and the counters that watch clients cope with it.

import { beforeEach, describe, expect, it } from 'vitest'
import { createCounters } from '../../../../src/server/control/counters.ts'
import type { FaultRule } from '../../../../src/server/faults/fault-rules.ts'
import { createFaults } from '../../../../src/server/faults/faults.ts'
import type { Handler, ServerResponse } from '../../../../src/server/http/http.ts'
import { build, type Local, seeded, startLocal } from '../local.ts'

const bucket = 'examplebucket'
let oss: Local
let slept: number[]
beforeEach(async () => {
  oss = await startLocal()
  slept = []
})

const clock = {
  now: () => 0,
  monotonic: () => 0,
  async sleep(ms: number) {
    slept.push(ms)
  },
}

function withFaults(...rules: FaultRule[]): Handler {
  return createFaults({ clock, random: seeded(1), rules }).wrap(oss.handler)
}

const put = (handler: Handler, key = 'key', body = 'text') =>
  handler(build({ method: 'PUT', bucket, key, body }, oss.clock.at))
const head = async (key = 'key') => (await oss.send({ method: 'HEAD', bucket, key })).status

describe('faults', () => {
  // Found by a slip: the rule struck nothing, and the test passed.
  it.each([
    [{ kind: 'lost-answer' }, 'Fault 1: no kind is called "lost-answer". Allowed: latency, '],
    [{ kind: '__proto__' }, 'no kind is called "__proto__"'],
    [{ kind: 'latency' }, 'latency needs ms. Allowed: a number.'],
    [{ kind: 'latency', ms: '5' }, 'ms is "5". Allowed: a number from 0.'],
    [{ kind: 'lose-answer', operation: ['PutObject'] }, 'lose-answer knows no "operation"'],
    [{ kind: 'lose-answer', operations: ['PutObjekt'] }, 'operations is ["PutObjekt"]'],
    [{ kind: 'lose-answer', rate: 5 }, 'rate is 5. Allowed: a number from 0 to 1.'],
    [{ kind: 'bandwidth', bytesPerSecond: 0 }, 'bytesPerSecond is 0'],
    [{ kind: 'error', code: 'Nonsense' }, 'code is "Nonsense"'],
    [{ kind: 'error', status: 42 }, 'status is 42'],
  ])('refuse a rule that would strike nothing: %j', (rule, message) => {
    expect(() => withFaults(rule as never)).toThrow(message)
  })

  it('strike the operations named, after some, so often', async () => {
    const handler = withFaults({ kind: 'error', operations: ['PutObject'], skip: 1, times: 2 })
    const statuses = []
    for (let at = 0; at < 5; at++) statuses.push((await put(handler)).status)
    expect(statuses).toEqual([200, 500, 500, 200, 200])
    expect(
      (await handler(build({ method: 'DELETE', bucket, key: 'key' }, oss.clock.at))).status,
    ).toBe(204)
  })

  it('strike at the rate given', async () => {
    const handler = withFaults({ kind: 'error', status: 502, rate: 0.25 })
    let struck = 0
    for (let at = 0; at < 200; at++) if ((await put(handler)).status === 502) struck++
    expect(struck).toBeGreaterThan(30)
    expect(struck).toBeLessThan(70)
  })

  it('throttle with a delay to keep', async () => {
    const answer = await put(withFaults({ kind: 'throttle', delayMs: 250 }))
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'x-oss-qos-delay-time': '250', server: 'AliyunOSS' },
    })
  })

  it('lose the answer after the work is done, or the request before it', async () => {
    expect((await put(withFaults({ kind: 'lose-answer' }))).fate).toBe('lost')
    expect(await head()).toBe(200)
    expect((await put(withFaults({ kind: 'lose-request' }), 'other')).fate).toBe('lost')
    expect(await head('other')).toBe(404)
  })

  it('break the request body off, so that nothing is stored', async () => {
    expect((await put(withFaults({ kind: 'reset-request', afterBytes: 2 }))).fate).toBe('lost')
    expect(await head()).toBe(404)
    expect((await put(withFaults({ kind: 'reset-request', afterBytes: 9 }))).status).toBe(200)
  })

  it('cut the answer, spoil the CRC', async () => {
    await put(oss.handler)
    const cut = withFaults({ kind: 'cut-answer', afterBytes: 2 })
    const answer = await cut(build({ bucket, key: 'key' }, oss.clock.at))
    await expect(collect(answer)).rejects.toThrow('aborted')
    const right = (await put(oss.handler)).headers['x-oss-hash-crc64ecma']
    const wrong = (await put(withFaults({ kind: 'wrong-crc' }))).headers['x-oss-hash-crc64ecma']
    expect(wrong).toMatch(/^\d+$/)
    expect(wrong).not.toBe(right)
  })

  it('delay by the clock they were given', async () => {
    const handler = withFaults(
      { kind: 'latency', ms: 40 },
      { kind: 'slow-answer', ms: 7 },
      {
        kind: 'bandwidth',
        bytesPerSecond: 8,
      },
    )
    expect((await put(handler)).status).toBe(200)
    expect(slept).toEqual([40, 500, 7])
  })
})

describe('counters', () => {
  it('count requests, bytes, errors and parts sent twice', async () => {
    const counters = createCounters()
    const handler = counters.wrap(oss.handler)
    await put(handler)
    await put(handler, 'x'.repeat(2000))
    await collect(await handler(build({ bucket, key: 'key' }, oss.clock.at)))
    const initiated = await oss.send({ method: 'POST', bucket, key: 'big', query: 'uploads' })
    const query = `partNumber=1&uploadId=${initiated.field('UploadId')}`
    const part = () =>
      handler(build({ method: 'PUT', bucket, key: 'big', query, body: 'part' }, oss.clock.at))
    await Promise.all([part(), part()])
    const { operations, partsSentTwice } = counters.stats()
    expect(operations.PutObject).toEqual({
      requests: 2,
      errors: 1,
      bytesReceived: 4,
      bytesSent: expect.any(Number),
      concurrentMax: 1,
    })
    expect(operations.GetObject?.bytesSent).toBe(4)
    expect(operations.UploadPart).toMatchObject({ requests: 2, bytesReceived: 8, concurrentMax: 2 })
    expect(partsSentTwice).toBe(1)
    counters.reset()
    expect(counters.stats()).toEqual({ operations: {}, partsSentTwice: 0 })
  })
})

async function collect({ body }: ServerResponse): Promise<void> {
  if (body && !(body instanceof Uint8Array)) for await (const _ of body) void _
}
