import { describe, expect, test } from 'vitest'
import { completeOptions } from '../../../../src/options/upload-options.ts'
import { budgetFor, shareRunning } from '../../../../src/upload/run/running.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

/** An upload that ends on request, or a while after it was stopped. */
function scripted() {
  const started: {
    stop: AbortSignal
    end: (result: string) => void
    fail: (e: unknown) => void
  }[] = []
  const joined: string[] = []
  const start = (stop: AbortSignal) => {
    let end: (result: string) => void = () => {}
    let fail: (error: unknown) => void = () => {}
    const promise = new Promise<string>((resolve, reject) => {
      end = resolve
      fail = reject
    })
    started.push({ stop, end, fail })
    return { shared: `upload ${started.length}`, promise }
  }
  const join = (shared: string) => {
    joined.push(`+ ${shared}`)
    return () => void joined.push(`- ${shared}`)
  }
  return { started, joined, start, join }
}

let ids = 0
const newId = () => `upload ${++ids}`
const settle = () => new Promise(resolve => setImmediate(resolve))

test('a caller that gives up while joining an upload is not kept waiting', async () => {
  const { started, start } = scripted()
  const leaving = new AbortController()
  const reason = new Error('enough')
  const waiting = shareRunning(newId(), leaving.signal, start, () => {
    leaving.abort(reason)
    return () => {}
  })
  expect(started[0]?.stop.aborted).toBe(true)
  started[0]?.fail(new Error('stopped in the middle'))
  await expect(waiting).rejects.toBe(reason)
})

describe('two who want the same', () => {
  test('get one upload and its one result', async () => {
    const { started, joined, start, join } = scripted()
    const id = newId()
    const both = [
      shareRunning(id, undefined, start, join),
      shareRunning(id, new AbortController().signal, start, join),
    ]
    expect(started).toHaveLength(1)
    started[0]?.end('stored')
    expect(await Promise.all(both)).toEqual(['stored', 'stored'])
    expect(joined).toEqual(['+ upload 1', '+ upload 1', '- upload 1', '- upload 1'])
  })

  test('get its one failure', async () => {
    const { started, start, join } = scripted()
    const id = newId()
    const both = [
      shareRunning(id, undefined, start, join),
      shareRunning(id, undefined, start, join),
    ]
    const failure = new Error('no')
    started[0]?.fail(failure)
    const ends = await Promise.allSettled(both)
    expect(ends.map(end => end.status === 'rejected' && end.reason)).toEqual([failure, failure])
  })

  test('each leaves by its own signal, and the upload goes on for the other', async () => {
    const { started, joined, start, join } = scripted()
    const id = newId()
    const stop = new AbortController()
    const first = shareRunning(id, stop.signal, start, join)
    const second = shareRunning(id, undefined, start, join)
    stop.abort('first has enough')
    await expect(first).rejects.toBe('first has enough')
    expect(joined.at(-1)).toBe('- upload 1')
    expect(started[0]?.stop.aborted).toBe(false)
    started[0]?.end('stored')
    expect(await second).toBe('stored')
  })

  test('the last to leave stops it, and is let go when it has stopped', async () => {
    const { started, start, join } = scripted()
    const id = newId()
    const stops = [new AbortController(), new AbortController()]
    const both = stops.map(({ signal }) => shareRunning(id, signal, start, join))
    const ends: unknown[] = []
    for (const one of both) one.catch(reason => ends.push(reason))
    stops[0]?.abort('first')
    await settle()
    stops[1]?.abort('second')
    await settle()
    expect(ends).toEqual(['first'])
    expect(started[0]?.stop.reason).toBe('second')
    started[0]?.fail('second')
    await settle()
    expect(ends).toEqual(['first', 'second'])
  })
})

test('an upload that ended is started again, and others run beside it', async () => {
  const { started, start, join } = scripted()
  const id = newId()
  const first = shareRunning(id, undefined, start, join)
  started[0]?.end('one')
  expect(await first).toBe('one')
  const second = shareRunning(id, undefined, start, join)
  const other = shareRunning(newId(), undefined, start, join)
  expect(started).toHaveLength(3)
  started[1]?.end('two')
  started[2]?.end('three')
  expect(await Promise.all([second, other])).toEqual(['two', 'three'])
})

test('an upload that is being stopped is waited for before another one begins', async () => {
  const { started, start, join } = scripted()
  const id = newId()
  const stop = new AbortController()
  const paused = shareRunning(id, stop.signal, start, join)
  stop.abort('pause')
  const again = [shareRunning(id, undefined, start, join), shareRunning(id, undefined, start, join)]
  await settle()
  expect(started).toHaveLength(1)
  started[0]?.fail('pause')
  await expect(paused).rejects.toBe('pause')
  await settle()
  expect(started).toHaveLength(2)
  started[1]?.end('stored')
  expect(await Promise.all(again)).toEqual(['stored', 'stored'])
})

test('who gives up while another one is being stopped starts nothing', async () => {
  const { started, start, join } = scripted()
  const id = newId()
  const stop = new AbortController()
  shareRunning(id, stop.signal, start, join).catch(() => {})
  stop.abort('pause')
  const late = new AbortController()
  const again = shareRunning(id, late.signal, start, join)
  late.abort('never mind')
  started[0]?.fail('pause')
  await expect(again).rejects.toBe('never mind')
  expect(started).toHaveLength(1)
})

test('an upload that was stored although it was stopped is a success', async () => {
  const { started, start, join } = scripted()
  const stop = new AbortController()
  const upload = shareRunning(newId(), stop.signal, start, join)
  stop.abort('too late')
  started[0]?.end('stored')
  expect(await upload).toBe('stored')
})

test('a signal that is aborted already starts nothing', async () => {
  const { started, start, join } = scripted()
  const upload = shareRunning(newId(), AbortSignal.abort('no'), start, join)
  await expect(upload).rejects.toBe('no')
  expect(started).toEqual([])
})

describe('the connections of an upload', () => {
  const budget = (concurrency: number | 'auto', connections?: { max: number }) =>
    budgetFor({
      clock: new VirtualClock('jump'),
      client: { connections: connections && { min: 1, start: 2, ...connections } },
      options: completeOptions({ concurrency }, { checkpoint: false, contentType: '' }),
    }).connections.target

  test.each<[concurrency: number | 'auto', max: number | undefined, used: number]>([
    ['auto', undefined, 4],
    ['auto', 6, 2],
    [20, undefined, 20],
    [20, 6, 6],
    [3, 6, 3],
  ])('%s where the transport has at most %s: starts with %i', (concurrency, max, used) => {
    expect(budget(concurrency, max === undefined ? undefined : { max })).toBe(used)
  })
})
