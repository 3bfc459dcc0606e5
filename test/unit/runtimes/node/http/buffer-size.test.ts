import { expect, test } from 'vitest'
import { bufferSizeFor } from '../../../../../src/runtimes/node/http/send-body.ts'

const MiB = 1024 ** 2

test('the buffers of any number of bodies up to 64 take at most 16 MiB', () => {
  for (let bodies = 1; bodies <= 64; bodies++) {
    expect(2 * bodies * bufferSizeFor(bodies)).toBeLessThanOrEqual(16 * MiB)
  }
})
