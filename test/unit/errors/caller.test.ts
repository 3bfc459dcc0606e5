import { expect, test } from 'vitest'
import { withCaller } from '../../../src/errors/caller.ts'
import { NetworkError } from '../../../src/errors.ts'

/** Fails from an event, as a connection does: the stack of the error itself knows no caller. */
function publicFunction(error: Error): Promise<void> {
  return withCaller(publicFunction, () =>
    new Promise<void>((_, reject) => setImmediate(() => reject(error))).catch(cause => {
      throw cause
    }),
  )
}

async function handlerOfTheProgram(error: Error): Promise<void> {
  await publicFunction(error)
}

const stalled = () => new NetworkError('STALLED', 'nothing moved', { sent: 'maybe' })

test('the stack names the code that called the public function, and not the function', async () => {
  const error = stalled()
  await expect(handlerOfTheProgram(error)).rejects.toBe(error)
  const [, called = ''] = error.stack?.split('--- called from ---') ?? []
  expect(called).toContain('handlerOfTheProgram')
  expect(called).not.toContain('publicFunction')
})

test('each caller is named once', async () => {
  const error = stalled()
  for (let round = 0; round < 3; round++) {
    await expect(handlerOfTheProgram(error)).rejects.toBe(error)
  }
  expect(error.stack?.match(/called from/g)).toHaveLength(1)
})

test('errors of others stay as they are', async () => {
  const error = new Error('of the signal')
  const { stack } = error
  await expect(handlerOfTheProgram(error)).rejects.toBe(error)
  expect(error.stack).toBe(stack)
})
