// Prints the structure of src/: each folder with its size, the imports between folders, and circles.
// `npm run architecture` shows it; with --check the exit code is 1 if two folders import each other.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './setup.mjs'

const source = join(root, 'src')
const statement =
  /^\s*(?:import|export)\s+(?:type\s+)?(?:[\w*{][^'"]*?\bfrom\s*)?['"](\.[^'"]+)['"]/gm
const dynamic = /\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g

/**
 * Reads every source file and groups its imports by folder.
 * @returns `rooms`: folder → `{ files, lines }`; `arrows`: folder → the folders that it imports.
 * A file directly in src/ is a room of its own, because everything may import `errors` or `ports`.
 */
export function readArchitecture() {
  const rooms = new Map()
  const arrows = new Map()
  for (const file of sourceFiles()) {
    const text = readFileSync(join(source, file), 'utf8')
    const room = roomOf(file)
    const size = rooms.get(room) ?? { files: 0, lines: 0 }
    rooms.set(room, { files: size.files + 1, lines: size.lines + text.split('\n').length - 1 })
    const targets = arrows.get(room) ?? new Map()
    for (const target of importsOf(file, text)) {
      const other = roomOf(target)
      if (other === room) continue
      targets.set(other, [...(targets.get(other) ?? []), `${file} → ${target}`])
    }
    arrows.set(room, targets)
  }
  return { rooms, arrows }
}

/** Groups of rooms that import each other, directly or through others (Tarjan's algorithm). */
export function circlesOf(arrows) {
  const order = new Map()
  const low = new Map()
  const stack = []
  const circles = []
  const visit = room => {
    order.set(room, order.size)
    low.set(room, order.get(room))
    stack.push(room)
    for (const next of arrows.get(room)?.keys() ?? []) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) low.set(room, Math.min(low.get(room), low.get(next)))
    }
    if (low.get(room) !== order.get(room)) return
    const circle = stack.splice(stack.indexOf(room))
    if (circle.length > 1) circles.push(circle.sort())
  }
  for (const room of arrows.keys()) if (!order.has(room)) visit(room)
  return circles
}

function sourceFiles() {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => path.endsWith('.ts'))
    .sort()
}

function roomOf(file) {
  return file.includes('/') ? dirname(file) : file.replace(/\.ts$/, '')
}

function importsOf(file, text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1')
  const found = [...code.matchAll(statement), ...code.matchAll(dynamic)]
  const paths = found.map(([, target]) =>
    relative(source, resolve(source, dirname(file), target)).replaceAll('\\', '/'),
  )
  return [...new Set(paths)].filter(path => path.endsWith('.ts'))
}

function print({ rooms, arrows }) {
  const circles = circlesOf(arrows)
  const width = Math.max(...[...rooms.keys()].map(room => room.length))
  console.log(`${'room'.padEnd(width)}  files  lines  imports`)
  for (const [room, { files, lines }] of [...rooms].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const imports = [...arrows.get(room).keys()].sort().join(' ')
    const sizes = `${String(files).padStart(5)}  ${String(lines).padStart(5)}`
    console.log(`${room.padEnd(width)}  ${sizes}  ${imports}`.trimEnd())
  }
  for (const circle of circles) {
    console.log(`\nCircle: ${circle.join(', ')}`)
    for (const room of circle) {
      for (const [other, reasons] of arrows.get(room)) {
        if (circle.includes(other)) for (const reason of reasons) console.log(`  ${reason}`)
      }
    }
  }
  const count = [...arrows.values()].reduce((sum, targets) => sum + targets.size, 0)
  const lines = [...rooms.values()].reduce((sum, room) => sum + room.lines, 0)
  console.log(
    `\n${rooms.size} rooms, ${lines} lines, ${count} arrows, ${circles.length} circles between rooms`,
  )
  return circles.length
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const circles = print(readArchitecture())
  if (process.argv.includes('--check') && circles > 0) process.exitCode = 1
}
