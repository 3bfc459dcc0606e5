import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'

test('25 seeds of damaged journals, answers and clocks', async () => {
  expect(await fuzz(1, 25)).toEqual([])
})
