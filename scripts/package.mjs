// Checks the published package: size, files and dependencies against a budget; whether its types resolve (attw); and
// whether docs/internals/package.md gives a reason for each dependency.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'
import { runTool } from './tools.mjs'

/** Bytes of the tarball and of what it unpacks to: raise them knowingly. */
const budget = { packed: 1_050_000, unpacked: 4_100_000 }
/** The published files, by the starts of their paths. */
const published = [
  'examples/',
  'dist/',
  'docs/guide/',
  'docs/images/',
  'CHANGELOG.md',
  'LICENSE',
  'README.',
  'package.json',
]

setUp()
const folder = mkdtempSync(join(tmpdir(), 'ossup-pack-'))
try {
  const args = ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', folder]
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const packed = execFileSync(npm, args, { cwd: root, encoding: 'utf8', shell: npm === 'npm.cmd' })
  const described = JSON.parse(packed)
  // An array until npm 11, an object by name since.
  const [{ filename, size, unpackedSize, files }] = Object.values(described)
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const names = Object.keys(dependencies)
  console.log(
    `${filename}: ${size} bytes, unpacked ${unpackedSize} in ${files.length} files; ${names.length} dependencies: ${names.join(', ')}`,
  )
  const reasons = readFileSync(join(root, 'docs', 'internals', 'package.md'), 'utf8')
  const faults = [
    ...(size > budget.packed ? [`the tarball has more than ${budget.packed} bytes`] : []),
    ...(unpackedSize > budget.unpacked ? [`it unpacks to more than ${budget.unpacked} bytes`] : []),
    ...files
      .filter(({ path }) => !published.some(beginning => path.startsWith(beginning)))
      .map(({ path }) => `${path} has no business in it`),
    ...names
      .filter(name => !reasons.includes(`\`${name}\``))
      .map(name => `docs/internals/package.md does not say why ${name} is needed`),
  ]
  for (const fault of faults) console.error(fault)
  const types = runTool(
    '@arethetypeswrong/cli/dist/index.js',
    join(folder, filename),
    ...['--format', 'table-flipped', '--no-color', '--no-emoji'],
  )
  process.exitCode = faults.length === 0 ? types : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
