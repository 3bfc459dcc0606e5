import { describe, expect, test } from 'vitest'
import { lineModels } from './model.ts'
import { auto, peers } from './sweep.ts'
import { type Setting, uploadOver } from './upload-over.ts'

const MiB = 1024 ** 2

/** The best fixed settings, as `npm run lines` found them in a sweep. */
const best: Readonly<Record<string, Setting>> = {
  long: { concurrency: 64, partSize: 4 * MiB },
  far: { concurrency: 48, partSize: 16 * MiB },
  thin: { concurrency: 2, partSize: 64 * MiB },
  near: { concurrency: 64, partSize: 64 * MiB },
  lossy: { concurrency: 64, partSize: 256 * 1024 },
  throttled: { concurrency: 16, partSize: 256 * 1024 },
  shared: { concurrency: 64, partSize: 8 * MiB },
  changing: { concurrency: 48, partSize: 64 * MiB },
  slowing: { concurrency: 64, partSize: 16 * MiB },
  fragile: { concurrency: 12, partSize: 8 * MiB },
}

function modelOf(name: string) {
  const model = lineModels.find(line => line.name === name)
  if (model === undefined) throw new RangeError(name)
  return model
}

describe('auto', () => {
  test.each(lineModels)('is at least 0.9 of the best fixed setting: $name, $what', async model => {
    const setting = best[model.name]
    if (setting === undefined) throw new RangeError(`No best setting for ${model.name}`)
    const fixed = await uploadOver(model, setting)
    const own = await uploadOver(model, auto)
    expect(Number.isFinite(fixed.ms)).toBe(true)
    expect(fixed.ms / own.ms).toBeGreaterThanOrEqual(0.9)
  })

  test('is at least three times the best peer on the long line', async () => {
    const own = await uploadOver(modelOf('long'), auto)
    for (const setting of Object.values(peers)) {
      expect((await uploadOver(modelOf('long'), setting)).ms / own.ms).toBeGreaterThan(3)
    }
  })

  test.each(['thin', 'near'])('uses few connections where one fills the line: %s', async name => {
    const { meanConnections, peakConnections } = await uploadOver(modelOf(name), auto)
    expect(meanConnections).toBeLessThan(5)
    expect(peakConnections).toBeLessThanOrEqual(8)
  })

  test('sends little in vain where connections break', async () => {
    const model = modelOf('lossy')
    const { wasted } = await uploadOver(model, auto)
    expect(wasted / model.size).toBeLessThan(0.1)
  })
})
