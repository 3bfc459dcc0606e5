import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { Stopped, watchSignals } from '../../../../src/cli/errors/stop.ts'

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
