import { describe, expect, test } from 'vitest'
import { CredentialsError, NetworkError, OssError, SourceError } from '../../../src/errors.ts'
import type { Signer } from '../../../src/oss/signer.ts'
import { type Call, Requester, type Retry } from '../../../src/schedule/requester.ts'
import { clientFor, plainSigner, scriptedTransport } from '../oss/scripted-transport.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const oss = (status: number, code: string, retryAfterMs?: number) =>
  new OssError(code, code, { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
const skewed = (serverTime: number) =>
  new OssError('RequestTimeTooSkewed', 'skewed', { status: 403, serverTime })
const offline = () => new NetworkError('CONNECT_FAILED', 'no route', { sent: 'nothing' })
const nobody = () =>
  new NetworkError('CONNECT_FAILED', 'refused', { sent: 'nothing', nobodyThere: true })
const lost = () => new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })

interface Setup {
  attempts?: number
  offlineTimeoutMs?: number
  isPatient?: boolean
  refresh?: Signer['refresh']
  random?: number
  isOffline?: (error: unknown) => boolean
}

function setUp(setup: Setup = {}) {
  const clock = new VirtualClock('jump')
  const transport = scriptedTransport({})
  const client = clientFor(
    Object.assign(transport, { isOffline: setup.isOffline ?? (() => false) }),
    {
      clock,
      signer: { ...plainSigner, ...(setup.refresh && { refresh: setup.refresh }) },
    },
  )
  const retries: Retry[] = []
  const wires: string[] = []
  const requester = new Requester({
    client,
    clock,
    random: { next: () => setup.random ?? 0.5 },
    attempts: setup.attempts ?? 8,
    idleTimeoutMs: 20_000,
    offlineTimeoutMs: setup.offlineTimeoutMs ?? 900_000,
    isPatient: setup.isPatient ?? false,
    onRetry: retry => retries.push(retry),
    onOffline: error => wires.push(`offline: ${error.code}`),
    onOnline: afterMs => wires.push(`online after ${afterMs}`),
  })
  /** Runs a request whose attempts come out as scripted; the last one goes on for ever. */
  const run = (script: unknown[], call: Partial<Call> = {}) => {
    let asked = 0
    const outcome = requester.run(
      { operation: 'UploadPart', signal: new AbortController().signal, ...call },
      async () => {
        const next = script[Math.min(asked++, script.length - 1)]
        if (next instanceof Error) throw next
        return next
      },
    )
    return outcome.then(
      answer => ({ answer, asked }),
      (error: OssError) => ({ error, asked }),
    )
  }
  return { clock, client, requester, retries, wires, run }
}

describe('a clock that jumps', () => {
  test('again between two requests is corrected again', async () => {
    const { run, client, clock } = setUp()
    const outcome = await run([
      skewed(clock.now() + 86_400_000),
      skewed(clock.now() - 86_400_000),
      'done',
    ])
    expect(outcome).toEqual({ answer: 'done', asked: 3 })
    expect(client.now()).toBe(clock.now() - 86_400_000)
  })

  test('a correction that does not help is not repeated', async () => {
    const { run, clock } = setUp()
    const outcome = await run([skewed(clock.now() + 86_400_000)])
    expect(outcome).toMatchObject({ error: { code: 'RequestTimeTooSkewed' }, asked: 2 })
  })

  test('a server whose clock jumps for ever is given up', async () => {
    const { run } = setUp()
    const outcome = await run(Array.from({ length: 50 }, (_, day) => skewed(day * 86_400_000)))
    expect(outcome).toMatchObject({ error: { code: 'RequestTimeTooSkewed' }, asked: 4 })
  })
})

test('a server that is not OSS is asked three times, as a wrong address is', async () => {
  const { run } = setUp()
  const page = () => new NetworkError('NOT_OSS', 'a page', { sent: 'maybe' })
  expect(await run([page()])).toMatchObject({ error: { code: 'NOT_OSS' }, asked: 3 })
})

describe('the budget', () => {
  test.each([
    { what: 'a server fault', error: () => oss(500, 'InternalError'), asked: 8 },
    { what: 'throttling', error: () => oss(503, 'ServiceUnavailable'), asked: 8 },
    { what: 'a lost connection', error: lost, asked: 8 },
    { what: 'a refusal', error: () => oss(403, 'AccessDenied'), asked: 1 },
    {
      what: 'a source that changed',
      error: () => new SourceError('SOURCE_CHANGED', 'x'),
      asked: 1,
    },
  ])('$what: $asked attempts', async ({ error, asked }) => {
    const { run } = setUp()
    const ended = await run([error()])
    expect(ended).toMatchObject({ asked, error: { attempts: asked, retryable: asked > 1 } })
  })

  test('what is not an error of this library is thrown as it is, at once', async () => {
    const { run } = setUp()
    const bug = new TypeError('x is not a function')
    expect(await run([bug])).toEqual({ asked: 1, error: bug })
  })

  test('a call may have a smaller one', async () => {
    const { run } = setUp()
    expect(await run([lost()], { attempts: 2 })).toMatchObject({ asked: 2 })
  })

  test('each retry is reported and waits with jitter', async () => {
    const { run, retries, clock } = setUp({ random: 0.25 })
    const ended = await run([lost(), oss(500, 'InternalError'), 'done'], { partNumber: 7 })
    expect(ended).toEqual({ answer: 'done', asked: 3 })
    expect(retries).toMatchObject([
      { operation: 'UploadPart', partNumber: 7, attempt: 1, delayMs: 100 },
      { partNumber: 7, attempt: 2, delayMs: 200, error: { code: 'InternalError' } },
    ])
    expect(clock.slept).toEqual([100, 200])
  })

  test('the delay that OSS asks for is kept', async () => {
    const { run, clock } = setUp({ random: 0 })
    await run([oss(503, 'TotalQpsLimitExceeded', 7000), 'done'])
    expect(clock.slept).toEqual([7000])
  })
})

describe('an operation that must not be repeated blindly', () => {
  test.each([
    { what: 'a lost answer', error: lost(), asked: 1 },
    { what: 'a server fault', error: oss(500, 'InternalError'), asked: 1 },
    { what: 'an answer that is not from OSS', error: oss(408, 'BadErrorResponse'), asked: 1 },
    { what: 'a clear no that passes', error: oss(400, 'BadRequest'), asked: 2 },
    { what: 'an expired token', error: oss(403, 'SecurityTokenExpired'), asked: 2 },
  ])('after $what it was sent $asked times', async ({ error, asked }) => {
    const { run } = setUp()
    expect(await run([error, 'done'], { repeatable: false })).toMatchObject({ asked })
  })

  test('a connection that never was does not count as sent', async () => {
    const { run } = setUp()
    const ended = await run([offline(), offline(), 'done'], { repeatable: false })
    expect(ended).toEqual({ answer: 'done', asked: 3 })
  })
})

describe('offline', () => {
  test('a transport that knows that there is no network has the lost request wait for it', async () => {
    const { run, wires } = setUp({ isOffline: error => error instanceof NetworkError })
    const ended = await run([...Array.from({ length: 40 }, lost), 'done'])
    expect(ended).toMatchObject({ answer: 'done', asked: 41 })
    expect(wires[0]).toBe('offline: CONNECTION_LOST')
  })

  test('without waiting, a failed first contact is reported after three attempts', async () => {
    const { run, wires } = setUp({ offlineTimeoutMs: 0 })
    expect(await run([offline()])).toMatchObject({ asked: 3, error: { retryable: true } })
    expect(wires).toEqual([])
  })

  test('it is waited out from the first request on', async () => {
    const { run, wires, clock } = setUp()
    const script = [...Array.from({ length: 40 }, offline), 'done']
    expect(await run(script)).toEqual({ answer: 'done', asked: 41 })
    expect(wires).toEqual(['offline: CONNECT_FAILED', `online after ${clock.monotonic()}`])
    expect(Math.min(...clock.slept)).toBeGreaterThanOrEqual(500)
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(10_000)
  })

  test('an address without any server is reported after three attempts', async () => {
    const { run, wires } = setUp()
    expect(await run([nobody()])).toMatchObject({ asked: 3, error: { retryable: true } })
    expect(wires).toEqual([])
  })

  test('unless the option is to wait, or a server has answered before', async () => {
    const script = [...Array.from({ length: 20 }, nobody), 'done']
    expect(await setUp({ isPatient: true }).run(script)).toEqual({ answer: 'done', asked: 21 })
    const { run, client } = setUp()
    await client.call({ operation: 'GetBucketInfo', method: 'GET' })
    expect(await run(script)).toEqual({ answer: 'done', asked: 21 })
  })

  test('it ends after its time, and a later call may try again', async () => {
    const { run, clock } = setUp({ offlineTimeoutMs: 60_000 })
    const { error } = (await run([offline()])) as { error: OssError }
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', retryable: true })
    expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000)
    expect(clock.monotonic()).toBeLessThanOrEqual(70_000)
  })

  test('so is a network that drops all packets: no connection is ever made', async () => {
    const unmade = () => new NetworkError('STALLED', 'no byte moved', { sent: 'nothing' })
    const { run, wires } = setUp()
    const script = [lost(), ...Array.from({ length: 20 }, unmade), 'done']
    expect(await run(script)).toMatchObject({ answer: 'done', asked: 22 })
    expect(wires).toHaveLength(2)
  })

  test('attempts while offline cost nothing of the budget', async () => {
    const { run } = setUp({ attempts: 2 })
    const script = [lost(), ...Array.from({ length: 9 }, offline), 'done']
    expect(await run(script)).toMatchObject({ answer: 'done', asked: 11 })
  })

  test('with a time of 0 it is an ordinary failure', async () => {
    const { run, wires } = setUp({ offlineTimeoutMs: 0, attempts: 2 })
    expect(await run([offline()])).toMatchObject({ asked: 2 })
    expect(wires).toEqual([])
  })

  test('all requests of an upload share one outage', async () => {
    const { run, wires } = setUp()
    await Promise.all([
      run([offline(), offline(), 'one']),
      run([offline(), 'two']),
      run([offline(), offline(), offline(), 'three']),
    ])
    const states = wires.map(wire => wire.split(/\W/)[0])
    expect(states).toEqual(states.map((_, i) => (i % 2 === 0 ? 'offline' : 'online')))
    expect(states.at(-1)).toBe('online')
  })

  test('one request tests the network for all; the others wait and report no retry', async () => {
    const { run, retries, clock } = setUp()
    const ended = await Promise.all([
      run([offline(), offline(), offline(), 'one'], { partNumber: 1 }),
      run([offline(), 'two'], { partNumber: 2 }),
      run([offline(), 'three'], { partNumber: 3 }),
    ])
    expect(ended.map(({ asked }) => asked)).toEqual([4, 2, 2])
    expect(retries.map(({ partNumber }) => partNumber)).toEqual([1, 1, 1])
    expect(clock.sleepers).toBe(0)
  })

  test('where that one is given up, another takes over', async () => {
    const { run, retries, clock } = setUp()
    const stop = new AbortController()
    const first = run([offline()], { partNumber: 1, signal: stop.signal })
    const second = run([offline(), offline(), 'two'], { partNumber: 2 })
    await clock.sleep(1)
    stop.abort()
    expect(await first).toMatchObject({ asked: 1 })
    expect(await second).toMatchObject({ answer: 'two', asked: 3 })
    expect(retries.map(({ partNumber }) => partNumber)).toEqual([1, 2])
  })
})

describe('what helps once', () => {
  test('a token that OSS refuses is refreshed, and the request repeated at once', async () => {
    let refreshed = 0
    const { run, clock } = setUp({ refresh: async () => void refreshed++ })
    expect(await run([oss(403, 'SecurityTokenExpired'), 'done'])).toMatchObject({ answer: 'done' })
    expect(refreshed).toBe(1)
    expect(clock.slept).toEqual([])
  })

  test('a token that is refused again is the end', async () => {
    let refreshed = 0
    const { run } = setUp({ refresh: async () => void refreshed++ })
    const ended = await run([oss(403, 'InvalidSecurityToken')])
    expect(ended).toMatchObject({ asked: 2, error: { retryable: false } })
    expect(refreshed).toBe(1)
  })

  test('a clock that is off is corrected from the answer', async () => {
    const { run, client, clock } = setUp()
    const ended = await run([skewed(clock.now() + 3_600_000), 'done'])
    expect(ended).toMatchObject({ answer: 'done', asked: 2 })
    expect(client.clockOffset).toBe(3_600_000)
  })

  test('a clock that is refused again is the end', async () => {
    const { run, clock } = setUp()
    expect(await run([skewed(clock.now())])).toMatchObject({ asked: 2 })
  })

  test('a clock that jumps twice is corrected twice', async () => {
    const { run, client, clock } = setUp()
    const first = skewed(clock.now() + 3_600_000)
    const second = skewed(clock.now() + 90_000_000)
    expect(await run([first, second, 'done'])).toMatchObject({ answer: 'done', asked: 3 })
    expect(client.clockOffset).toBe(90_000_000)
  })

  test('a clock that jumps again and again is the end', async () => {
    const { run, clock } = setUp()
    const jumps = Array.from({ length: 50 }, (_, i) => skewed(clock.now() + i * 3_600_000))
    expect(await run(jumps)).toMatchObject({ asked: 4 })
  })

  test('token and clock refused in turn come to an end', async () => {
    const { run, clock } = setUp({ refresh: async () => {} })
    const turns = Array.from({ length: 50 }, (_, i) =>
      i % 2 === 0 ? oss(403, 'SecurityTokenExpired') : skewed(clock.now()),
    )
    expect(await run(turns)).toMatchObject({ asked: 3 })
  })

  test('another fault in between allows it once more', async () => {
    const { run } = setUp({ refresh: async () => {} })
    const expired = oss(403, 'SecurityTokenExpired')
    expect(await run([expired, lost(), expired, 'done'])).toMatchObject({ answer: 'done' })
  })

  test('credentials that cannot be had for a while are asked for again', async () => {
    const failures = [0, 1].map(() => new CredentialsError('CREDENTIALS_UNAVAILABLE', 'no answer'))
    const { run, retries } = setUp({
      refresh: async () => {
        const failure = failures.pop()
        if (failure !== undefined) throw failure
      },
    })
    const ended = await run([oss(403, 'SecurityTokenExpired'), 'done'])
    expect(ended).toEqual({ answer: 'done', asked: 2 })
    expect(retries.map(({ error }) => error.code)).toEqual([
      'SecurityTokenExpired',
      'CREDENTIALS_UNAVAILABLE',
      'CREDENTIALS_UNAVAILABLE',
    ])
  })

  test('an abort does not wait for a provider of credentials', async () => {
    const stop = new AbortController()
    const { run } = setUp({
      refresh: () => {
        stop.abort('enough')
        return new Promise(() => {})
      },
    })
    const ended = await run([oss(403, 'SecurityTokenExpired'), 'done'], { signal: stop.signal })
    expect(ended).toEqual({ error: 'enough', asked: 1 })
  })
})

describe('an abort', () => {
  test('before the first attempt', async () => {
    const { run } = setUp()
    const ended = await run(['done'], { signal: AbortSignal.abort('enough') })
    expect(ended).toEqual({ error: 'enough', asked: 0 })
  })

  test('during the pause between attempts', async () => {
    const { requester, clock } = setUp()
    const stop = new AbortController()
    const outcome = requester.run({ operation: 'UploadPart', signal: stop.signal }, async () => {
      queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => stop.abort('enough'))))
      throw oss(503, 'ServiceUnavailable', 60_000)
    })
    await expect(outcome).rejects.toBe('enough')
    expect(clock.monotonic()).toBeLessThan(60_000)
  })

  test('beats the error that it causes', async () => {
    const { requester } = setUp()
    const stop = new AbortController()
    const outcome = requester.run({ operation: 'UploadPart', signal: stop.signal }, async () => {
      stop.abort('enough')
      throw lost()
    })
    await expect(outcome).rejects.toBe('enough')
  })
})
