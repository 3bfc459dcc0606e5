// The results as tables for people.

import { GiB, MiB, rounded } from './measure.mjs'

export function table(report) {
  const blocks = report.transfers.map(transferTable)
  const { auto = [], resume, memory, startup, crc64 } = report
  blocks.push(...auto.map(autoTable))
  if (resume) blocks.push(resumeTable(resume))
  if (memory) {
    const rows = memory.map(({ size, part, parallel, rssMiB, limitMiB }) => [
      `${rounded(size / GiB, 1)} GiB, parts of ${rounded(part / MiB, 1)} MiB, parallel ${parallel}`,
      rssMiB,
      limitMiB,
    ])
    blocks.push(markdown(['memory', 'RSS MiB', 'limit'], rows))
  }
  if (startup) {
    const rows = Object.entries(startup).map(([name, { ms, ratio }]) => [name, ms, ratio])
    blocks.push(markdown(['start', 'ms', 'to node'], rows))
  }
  if (crc64) {
    const rows = Object.entries(crc64.gibPerSecond).map(([name, all]) => [
      name,
      ...Object.values(all),
    ])
    blocks.push(markdown(['CRC-64, GiB/s', ...crc64.sizes.map(size => `${size / 1024} KiB`)], rows))
  }
  return `${blocks.join('\n\n')}\n`
}

function transferTable({ name, clients }) {
  const others = ['raw', 'go-v1'].filter(other => other in clients)
  const head = [name, 'wall s', 'CPU s', 'CPU s/GiB', 'RSS MiB']
  for (const other of others) head.push(`wall / ${other}`, `CPU / ${other}`)
  const rows = Object.entries(clients).map(([client, one]) => [
    client,
    one.wall.toFixed(2),
    one.cpu.toFixed(2),
    one.cpuPerGiB.toFixed(2),
    one.rssMiB,
    ...others.flatMap(other => [one[`to ${other}`].wall, one[`to ${other}`].cpu]),
  ])
  return markdown(head, rows)
}

function autoTable({ line, shareOfBest, rows }) {
  const [auto] = rows
  return markdown(
    [`${line} (auto: ${shareOfBest} of the best fixed)`, 'wall s', 'to auto', 'in vain MiB'],
    rows.map(({ name, wall, wastedMiB }) => [
      name,
      wall ?? 'failed',
      wall === undefined ? '' : rounded(wall / auto.wall, 2),
      wastedMiB,
    ]),
  )
}

function resumeTable({ parts, checkpointBytes, plain, verify }) {
  return markdown(
    [`resume of ${parts} parts`, 'wall s', 'CPU s'],
    [
      ['by the journal and ListParts', plain.wall, plain.cpu],
      ['and every byte hashed', verify.wall, verify.cpu],
      [`checkpoint: ${(checkpointBytes / MiB).toFixed(2)} MiB`, '', ''],
    ],
  )
}

function markdown(head, rows) {
  const line = cells => `| ${cells.join(' | ')} |`
  const rule = line(head.map((_, index) => (index === 0 ? '---' : '---:')))
  return [line(head), rule, ...rows.map(line)].join('\n')
}
