// Draws the live view for the README, docs/images/live-view.svg, from a frame that the tests keep
// (test/fixtures/frames). Blocks and lines become shapes: a picture must not depend on the fonts of the reader who
// looks at it.

import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const frame = new URL('../test/fixtures/frames/the-picture-in-the-readme.txt', import.meta.url)
const picture = new URL('../docs/images/live-view.svg', import.meta.url)

const cell = { width: 9, height: 20 }
const margin = { x: 24, top: 54, bottom: 24 }
const font = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
const colours = {
  background: '#16181d',
  edge: '#2b2f37',
  ' ': '#d7dae0',
  b: '#ffffff',
  f: '#7d828c',
  r: '#f2777a',
  g: '#6ccb7f',
  y: '#f3c969',
  c: '#4fb3d9',
}

/** The first frame of a file of frames, 80 columns in colours, as an SVG. */
export function drawView(frames) {
  const [, text = '', looks = ''] = frames.split(/^-{80}\n/m)
  const lines = [
    '$ ossup upload backup.tar oss://examplebucket/backups/',
    ...text.trimEnd().split('\n'),
  ]
  const looksOf = ['', ...looks.split('\n')]
  const width = 80 * cell.width + 2 * margin.x
  const height = lines.length * cell.height + margin.top + margin.bottom
  const buttons = ['r', 'y', 'g'].map(
    (look, index) => `<circle cx="${26 + index * 20}" cy="24" r="6" fill="${colours[look]}"/>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="${font}" font-size="15">`,
    '<title>ossup upload, resumed, with a cell for each part</title>',
    `<rect width="${width}" height="${height}" rx="10" fill="${colours.background}" stroke="${colours.edge}"/>`,
    ...buttons,
    ...lines.flatMap((line, row) =>
      drawLine(line, looksOf[row] ?? '', margin.top + row * cell.height),
    ),
    '</svg>\n',
  ].join('\n')
}

/** Neighbours of one look and one kind are one run: a small file without seams. */
function drawLine(line, looks, top) {
  const runs = []
  for (const [column, character] of [...line].entries()) {
    const look = looks[column] ?? ' '
    const last = runs.at(-1)
    const kind = kindOf(character)
    // Spaces belong to text, and end a shape.
    const goesOn =
      last !== undefined &&
      last.kind === kind &&
      (kind !== 'text' || look === last.look || character === ' ')
    if (goesOn && (kind === 'text' || (look === last.look && character === last.text[0]))) {
      last.text += character
    } else runs.push({ kind, look, column, text: character })
  }
  return runs.filter(({ text }) => text.trim() !== '').map(run => drawRun(run, top))
}

const blocks = ' ▁▂▃▄▅▆▇█'
const lines = { '━': 3, '╍': 3, '─': 1 }

function kindOf(character) {
  if (character in lines) return 'line'
  return character !== ' ' && blocks.includes(character) ? 'block' : 'text'
}

function drawRun({ kind, look, column, text }, top) {
  const x = margin.x + column * cell.width
  const fill = colours[look] ?? colours[' ']
  const count = [...text].length
  if (kind === 'block') {
    const height = (cell.height * blocks.indexOf(text[0])) / 8
    return `<rect x="${x}" y="${top + cell.height - height}" width="${count * cell.width}" height="${height}" fill="${fill}"/>`
  }
  if (kind === 'line') {
    const thickness = lines[text[0]]
    const dashes = text[0] === '╍' ? ' stroke-dasharray="6 3"' : ''
    const y = top + cell.height / 2
    return `<path d="M${x} ${y}h${count * cell.width}" stroke="${fill}" stroke-width="${thickness}"${dashes}/>`
  }
  const shown = text.trimEnd()
  const weight = look === 'b' ? ' font-weight="bold"' : ''
  return `<text xml:space="preserve" x="${x}" y="${top + 15}" textLength="${[...shown].length * cell.width}" fill="${fill}"${weight}>${escapeXml(shown)}</text>`
}

function escapeXml(text) {
  return text.replace(
    /[&<>]/g,
    character => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character],
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(picture, drawView(readFileSync(frame, 'utf8')))
}
