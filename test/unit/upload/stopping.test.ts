// An abort ends every wait of an upload at once. Contract, rule 12.

import { describe, expect, test } from 'vitest'
import type { Journal, JournalStore } from '../../../src/ports.ts'
import { refusal } from '../support/local-oss.ts'
import { uploadBench } from '../support/upload-bench.ts'

const never = <T>() => new Promise<T>(() => {})

test('while a store watches the lock of another owner', async () => {
  const bench = uploadBench()
  const stop = new AbortController()
  let finish: (journal: Journal) => void = () => {}
  const opening = new Promise<Journal>(resolve => {
    finish = resolve
  })
  const checkpoint: JournalStore = {
    location: bench.store.location,
    list: () => bench.store.list(),
    read: name => bench.store.read(name),
    open: async () => {
      queueMicrotask(() => stop.abort('stop'))
      return opening
    },
  }
  const upload = bench.run({ signal: stop.signal }, { checkpoint })
  await expect(upload).rejects.toBe('stop')
  let isClosed = false
  const journal = await bench.store.open('late')
  finish({ ...journal, contents: journal.contents, close: async () => void (isClosed = true) })
  await new Promise(setImmediate)
  expect(isClosed).toBe(true)
  expect(bench.oss.requests).toEqual([])
})

test('the next call waits until a journal that was opened too late is closed', async () => {
  const bench = uploadBench()
  const stop = new AbortController()
  let open = () => {}
  const isDue = new Promise<void>(resolve => {
    open = resolve
  })
  let calls = 0
  const checkpoint: JournalStore = {
    location: bench.store.location,
    list: () => bench.store.list(),
    read: name => bench.store.read(name),
    open: async name => {
      if (++calls > 1) return bench.store.open(name)
      stop.abort('stop')
      await isDue
      return bench.store.open(name)
    },
  }
  const stopped = bench.run({ signal: stop.signal }, { checkpoint })
  await expect(stopped).rejects.toBe('stop')
  const next = bench.run({}, { checkpoint })
  open()
  expect(await next).toMatchObject({ parts: 6 })
})

test('while a store reads a checkpoint', async () => {
  const bench = uploadBench({ size: 1000 })
  const stop = new AbortController()
  const checkpoint: JournalStore = {
    location: bench.store.location,
    list: () => bench.store.list(),
    read: () => {
      queueMicrotask(() => stop.abort('stop'))
      return never()
    },
    open: name => bench.store.open(name),
  }
  const upload = bench.run({ signal: stop.signal }, { checkpoint })
  await expect(upload).rejects.toBe('stop')
})

test('while an earlier call for the same upload is still stopping', async () => {
  const bench = uploadBench()
  const first = new AbortController()
  let release = () => {}
  const closed = new Promise<void>(resolve => {
    release = resolve
  })
  bench.source.close = () => closed
  const stopping = bench.run({ signal: first.signal, onEvent: () => first.abort('first') })
  await new Promise(setImmediate)
  const second = new AbortController()
  const waiting = bench.run({ signal: second.signal }, { source: Object.create(bench.source) })
  second.abort('second')
  release()
  await expect(waiting).rejects.toBe('second')
  await expect(stopping).rejects.toBe('first')
})

describe('while a clean-up runs', () => {
  test('after a failure', async () => {
    const bench = uploadBench()
    const stop = new AbortController()
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation === 'UploadPart') return refusal(403, 'AccessDenied')()
      if (seen.operation !== 'AbortMultipartUpload') return pass()
      queueMicrotask(() => stop.abort('stop'))
      return never()
    }
    const upload = bench.run({ signal: stop.signal }, { checkpoint: false })
    await expect(upload).rejects.toBe('stop')
  })

  test('after the abort itself: without a checkpoint it has a few seconds', async () => {
    const bench = uploadBench()
    const stop = new AbortController()
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation === 'UploadPart') stop.abort('stop')
      return seen.operation === 'AbortMultipartUpload' ? never() : pass()
    }
    const begunAt = bench.clock.monotonic()
    const upload = bench.run({ signal: stop.signal }, { checkpoint: false })
    await expect(upload).rejects.toBe('stop')
    expect(bench.clock.monotonic() - begunAt).toBeLessThan(10_000)
  })
})
