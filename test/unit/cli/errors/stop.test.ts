import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { keepOutcome, Stopped, watchSignals } from '../../../../src/cli/errors/stop.ts'

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s asks, the second ends', name => {
  const source = new EventEmitter()
  const ended: Stopped[] = []
  const { signal } = watchSignals(source, stopped => ended.push(stopped))
  source.emit(name, name)
  expect(signal.reason).toBeInstanceOf(Stopped)
  expect(signal.reason).toMatchObject({ signal: name })
  expect(ended).toEqual([])
  source.emit(name, name)
  expect(ended).toMatchObject([{ signal: name }])
})

test('a signal that the caller ignores is caught and dropped', () => {
  const source = new EventEmitter()
  const ended: Stopped[] = []
  const watch = watchSignals(source, stopped => ended.push(stopped), new Set(['SIGHUP']))
  expect(source.emit('SIGHUP', 'SIGHUP')).toBe(true)
  source.emit('SIGHUP', 'SIGHUP')
  expect(watch.signal.aborted).toBe(false)
  source.emit('SIGINT', 'SIGINT')
  expect(watch.signal.reason).toMatchObject({ signal: 'SIGINT' })
  expect(ended).toEqual([])
  watch.dispose()
  expect(source.eventNames()).toEqual([])
})

test('a signal after the end of a command does not change its exit code', async () => {
  const source = new EventEmitter()
  const codes: number[] = []
  const watch = watchSignals(source, () => {})
  const outcome = Promise.resolve(0)
  keepOutcome(source, outcome, code => codes.push(code))
  source.emit('SIGTERM', 'SIGTERM')
  expect(codes).toEqual([])
  await outcome
  watch.dispose()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A signal without a listener would end the process.
    expect(source.emit(name, name)).toBe(true)
  }
  expect(codes).toEqual([0, 0, 0])
})
