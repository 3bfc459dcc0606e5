// Over lines of all kinds, by a clock that only the bytes move.

import { expect, test } from 'vitest'
import type { Finding } from '../../../../src/cli/doctor/check.ts'
import { speed } from '../../../../src/cli/doctor/checks/speed.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { begun, error, scripted } from './scripted-bucket.ts'

const permissionTo = (state: Finding['state']) =>
  new Map<string, Finding[]>([
    ['permission', [{ state, summary: '', facts: { action: 'oss:AbortMultipartUpload' } }]],
  ])

/** A line on which bytes take their time and nothing else does. */
function line(bytesPerSecond: number) {
  const clock = new VirtualClock('jump')
  return scripted(async (what, { size, signal }) => {
    if (what === 'POST uploads') return [200, begun]
    if (what === 'DELETE uploadId') return [404, error('NoSuchUpload')]
    await clock.sleep((size * 1000) / bytesPerSecond, signal)
    return [200, '']
  }, clock)
}

const mebibyte = 1024 ** 2

test.each([
  [20 * 1024, 1, '20 KiB/s on one connection (128 KiB in 6 s)'],
  [mebibyte, 2, '1 MiB/s on one connection (1 MiB in 1 s)'],
  [100 * mebibyte, 3, '100 MiB/s on one connection (3 MiB in 30 ms)'],
])('%d bytes a second: after %d parts', async (bytesPerSecond, parts, words) => {
  const { asked, world } = line(bytesPerSecond)
  const finding = await speed.run(world, permissionTo('ok'))
  expect(finding).toMatchObject({ state: 'ok', summary: expect.stringContaining(words) })
  expect(asked.filter(what => what.startsWith('PUT'))).toHaveLength(parts)
  expect(asked.at(-1)).toBe('DELETE uploadId')
})

test('a line on which nothing arrives in time', async () => {
  const { asked, world } = line(1000)
  expect(await speed.run(world, permissionTo('ok'))).toMatchObject({
    state: 'warning',
    summary: 'less than 12.8 KiB/s: 128 KiB did not arrive within 10 s',
  })
  expect(asked.at(-1)).toBe('DELETE uploadId')
})

test('a line that is too slow for the second part goes by the first', async () => {
  const { world } = line(130 * 1024)
  expect(await speed.run(world, permissionTo('ok'))).toMatchObject({ state: 'ok' })
})

test('it is not tried where its part would stay', async () => {
  const { asked, world } = line(mebibyte)
  expect(await speed.run(world, permissionTo('warning'))).toMatchObject({ state: 'skipped' })
  expect(asked).toEqual([])
})
