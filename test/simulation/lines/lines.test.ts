import { describe, expect, test } from 'vitest'
import { lineModels } from './model.ts'
import { auto, peers } from './sweep.ts'
import { type Setting, uploadOver } from './upload-over.ts'

const MiB = 1024 ** 2

/** The best fixed settings, as `npm run lines` found them in a sweep. */
const best: Readonly<Record<string, Setting>> = {
  brief: { concurrency: 64, partSize: 4 * MiB },
  longer: { concurrency: 64, partSize: 16 * MiB },
  long: { concurrency: 64, partSize: 4 * MiB },
  far: { concurrency: 48, partSize: 16 * MiB },
  thin: { concurrency: 2, partSize: 64 * MiB },
  near: { concurrency: 64, partSize: 64 * MiB },
  lossy: { concurrency: 64, partSize: 256 * 1024 },
  flaky: { concurrency: 64, partSize: 2 * MiB },
  throttled: { concurrency: 12, partSize: 256 * 1024 },
  shared: { concurrency: 64, partSize: 8 * MiB },
  changing: { concurrency: 48, partSize: 64 * MiB },
  slowing: { concurrency: 64, partSize: 16 * MiB },
  fragile: { concurrency: 12, partSize: 8 * MiB },
}

/** In a few seconds, the best number is found too late; if requests break by chance, results vary by chance. */
const leastOnOthers: Readonly<Record<string, number>> = { brief: 0.55, flaky: 0.4 }

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
    // What lasts two seconds at its best is over soon after the right number is found.
    expect(fixed.ms / own.ms).toBeGreaterThanOrEqual(model.name === 'brief' ? 0.65 : 0.9)
  })

  test.each(lineModels)('and nearly so on lines much like it: $name', async model => {
    const others = [
      { distance: 0.7, speed: 0.85 },
      { distance: 1.5, speed: 1.2 },
    ]
    for (const { distance, speed } of others) {
      const conditions = model.conditions.map(each => ({
        ...each,
        perConnection: each.perConnection * speed,
      }))
      const other = { ...model, roundTripMs: model.roundTripMs * distance, conditions }
      const fixed = await uploadOver(other, best[model.name] ?? auto)
      const own = await uploadOver(other, auto)
      expect(Number.isFinite(own.ms)).toBe(true)
      expect(fixed.ms / own.ms).toBeGreaterThanOrEqual(leastOnOthers[model.name] ?? 0.8)
    }
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

  test('sends few lost bytes where connections break', async () => {
    const model = modelOf('lossy')
    const { wasted } = await uploadOver(model, auto)
    expect(wasted / model.size).toBeLessThan(0.1)
  })
})
