// Draws the transfers of a report: CPU and wall time of each client, bar beside bar.

const colours = { raw: '#9aa5b1', 'go-v1': '#3f8fc5', ossup: '#d9622b', 'ali-oss': '#8a6fb3' }
const measures = [
  { field: 'cpuPerGiB', title: 'CPU seconds for a GiB' },
  { field: 'wall', title: 'Wall seconds for the upload' },
]
const barHeight = 15
const panelWidth = 330
const left = 215
/** A very slow client must not make the other bars too short to see, so its bar is shortened and shows its number. */
const cutAt = 3

export function drawChart(report) {
  const { transfers, date, machine, rounds } = report
  const rows = transfers.map(({ clients }) => Object.keys(clients).length)
  const heights = rows.map(count => count * barHeight + 18)
  const height = 74 + heights.reduce((sum, one) => sum + one, 0) + 28
  const width = left + measures.length * (panelWidth + 20)
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(12, 24, `Uploads, medians of ${rounds} rounds; shorter is better`, 'font-size="16"'),
  ]
  measures.forEach(({ title }, index) => {
    parts.push(text(left + index * (panelWidth + 20), 56, title, 'font-weight="600"'))
  })
  let top = 74
  transfers.forEach((transfer, row) => {
    parts.push(...drawTransfer(transfer, top))
    top += heights[row]
  })
  const { cpu, cores, node, system } = machine
  parts.push(
    text(
      12,
      top + 14,
      escaped(`${date.slice(0, 10)}, ${cores} cores ${cpu}, ${system}, Node ${node}`),
      'fill="#666"',
    ),
    '</svg>\n',
  )
  return parts.join('\n')
}

function drawTransfer({ name, clients }, top) {
  const parts = [text(12, top + 12, escaped(name), 'font-weight="600"')]
  measures.forEach(({ field }, index) => {
    const x = left + index * (panelWidth + 20)
    const scale = (clients['go-v1'] ?? clients.ossup)[field] * cutAt
    const most = Math.max(...Object.values(clients).map(one => one[field]))
    const full = Math.min(scale, most)
    Object.entries(clients).forEach(([client, one], bar) => {
      const y = top + bar * barHeight
      const length = Math.max(1, (Math.min(one[field], full) / full) * (panelWidth - 110))
      const cut = one[field] > full ? ' …' : ''
      parts.push(
        `<rect x="${x}" y="${y + 2}" width="${length.toFixed(1)}" height="${barHeight - 4}" fill="${colours[client] ?? '#888'}"/>`,
        text(x + length + 6, y + 12, `${one[field].toFixed(2)}${cut}  ${client}`),
      )
    })
  })
  return parts
}

function text(x, y, content, attributes = '') {
  return `<text x="${typeof x === 'number' ? x.toFixed(1) : x}" y="${y}" ${attributes}>${content}</text>`
}

function escaped(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
