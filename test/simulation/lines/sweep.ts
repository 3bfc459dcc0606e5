// `auto` beside every fixed setting worth trying and the defaults of the peers, line by line.

import { type LineModel, lineModels } from './model.ts'
import { type Outcome, type Setting, uploadOver } from './upload-over.ts'

const MiB = 1024 ** 2

export const auto: Setting = { concurrency: 'auto', partSize: 'auto' }

/** The defaults of clients. Source: their own documentation and sources. */
export const peers: Readonly<Record<string, Setting>> = {
  oss2: { concurrency: 1, partSize: 10 * MiB },
  'Go v2': { concurrency: 3, partSize: 6 * MiB },
  'ali-oss': { concurrency: 5, partSize: 1 * MiB },
}

const concurrencies = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
const partSizes = [256 * 1024, 1 * MiB, 2 * MiB, 4 * MiB, 8 * MiB, 16 * MiB, 64 * MiB]

export interface Comparison {
  readonly model: LineModel
  readonly auto: Outcome
  readonly best: Outcome & { readonly setting: Setting }
  readonly peers: Readonly<Record<string, Outcome>>
}

export async function compare(
  model: LineModel,
  settings: readonly Setting[] = allSettings(),
): Promise<Comparison> {
  let best: Comparison['best'] | undefined
  for (const setting of settings) {
    const outcome = await uploadOver(model, setting)
    if (best === undefined || outcome.ms < best.ms) best = { ...outcome, setting }
  }
  if (best === undefined) throw new RangeError('No settings to compare with')
  const others: Record<string, Outcome> = {}
  for (const [name, setting] of Object.entries(peers))
    others[name] = await uploadOver(model, setting)
  return { model, auto: await uploadOver(model, auto), best, peers: others }
}

function allSettings(): Setting[] {
  return concurrencies.flatMap(concurrency =>
    partSizes.map(partSize => ({ concurrency, partSize })),
  )
}

export { lineModels }

export function tableHead(): string {
  const names = Object.keys(peers).map(name => `× ${name}`)
  return [
    `| line | best fixed | its s | auto s | share of best | ${names.join(' | ')} | connections, mean / most | lost bytes |`,
    `| --- | --- | ---: | ---: | ---: | ${names.map(() => '---:').join(' | ')} | ---: | ---: |`,
  ].join('\n')
}

export function tableRow({ model, auto, best, peers }: Comparison): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(1)
  const times = ({ ms }: Outcome) => (Number.isFinite(ms) ? (ms / auto.ms).toFixed(1) : 'failed')
  const size = Number(best.setting.partSize)
  const cells = [
    `${model.name}: ${model.what}`,
    `${best.setting.concurrency} × ${size < MiB ? `${size / 1024} KiB` : `${size / MiB} MiB`}`,
    seconds(best.ms),
    seconds(auto.ms),
    (best.ms / auto.ms).toFixed(2),
    ...Object.values(peers).map(times),
    `${auto.meanConnections.toFixed(1)} / ${auto.peakConnections}`,
    `${((auto.wasted / model.size) * 100).toFixed(1)} %`,
  ]
  return `| ${cells.join(' | ')} |`
}
