// The command as it is started: its code in few scripts, read as they are wanted (src/cli/start/code.ts).
// esbuild cuts it into modules, as few as commands that are loaded by themselves need; here they become
// CommonJS, which starts faster, and are put together: what every run needs, what an upload may need
// (the engine, most of the code, whose compiled form is kept), and one script each for the others.

import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildSync, transformSync } from 'esbuild'

const engine = 'engine.js'
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  metafile: true,
  write: false,
}

/** Writes it into `folder`. */
export function bundleCommand(root, folder) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const define = { OSSUP_VERSION: JSON.stringify(version) }
  const modules = bundleModules(root, define)
  const builtins = new Set()
  const scripts = new Map()
  for (const [name, { script, text }] of modules) {
    const code = lazyBuiltins(commonJs(text), builtins)
    const head = `${JSON.stringify(name)}(exports, module, require, node, __filename, performance) {`
    scripts.set(script, `${scripts.get(script) ?? '({\n'}${head}${code}},\n`)
  }
  mkdirSync(join(folder, 'code'), { recursive: true })
  for (const [name, text] of scripts) writeFileSync(join(folder, 'code', name), `${text}})\n`)
  const built = {
    engine,
    hash: createHash('sha256').update(scripts.get(engine)).digest('hex').slice(0, 16),
    scripts: Object.fromEntries(
      [...modules].filter(([name, { script }]) => script !== name).map(([n, m]) => [n, m.script]),
    ),
    builtins: [...builtins].sort(),
  }
  buildSync({
    ...common,
    absWorkingDir: root,
    entryPoints: { bin: 'src/cli/bin.ts', main: 'src/cli/load-main.ts' },
    outdir: folder,
    format: 'cjs',
    define: { ...define, BUILT: JSON.stringify(built) },
    write: true,
  })
  // The package is of ECMAScript modules; to load one as the first takes Node.js 20 half as long again.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
  chmodSync(join(folder, 'bin.js'), 0o755)
}

/** All modules by name, with the script that each belongs to. */
function bundleModules(root, define) {
  const { outputFiles, metafile } = buildSync({
    ...common,
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outdir: '.',
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    // With their dependencies: to find and load those one by one takes a fifth of a short command's time.
    define,
  })
  const importsOf = new Map(
    Object.entries(metafile.outputs).map(([path, { imports }]) => [
      path,
      imports.filter(({ external }) => external !== true),
    ]),
  )
  const always = reached('main.js', importsOf, ({ kind }) => kind === 'import-statement')
  // A failure is told without reading another file: that files cannot be opened may be the failure.
  const uploads = new Set()
  for (const path of importsOf.keys()) {
    if (/^(?:upload|failure)-\w+\.js$/.test(path)) reached(path, importsOf, () => true, uploads)
  }
  const scriptOf = name => (always.has(name) ? 'main.js' : uploads.has(name) ? engine : name)
  return new Map(
    outputFiles.map(({ path, text }) => {
      const name = basename(path)
      return [name, { script: scriptOf(name), text }]
    }),
  )
}

function reached(from, importsOf, isFollowed, seen = new Set()) {
  if (seen.has(from)) return seen
  seen.add(from)
  for (const next of importsOf.get(from).filter(isFollowed)) {
    reached(next.path, importsOf, isFollowed, seen)
  }
  return seen
}

function commonJs(text) {
  const { code } = transformSync(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
  })
  return code
}

/** Node's own modules are loaded when they are first used, and not with the module that imports them. */
function lazyBuiltins(code, builtins) {
  const names = new Map()
  const without = code.replace(
    /^var (import_\w+) = require\("node:([\w/]+)"\);\n/gm,
    (_, variable, name) => {
      builtins.add(name)
      names.set(variable, name)
      return ''
    },
  )
  const changed = without.replace(/\b(import_\w+)\./g, (use, variable) =>
    names.has(variable) ? `node[${JSON.stringify(names.get(variable))}].` : use,
  )
  for (const variable of names.keys()) {
    if (new RegExp(`\\b${variable}\\b`).test(changed)) {
      throw new Error(`${variable} is used otherwise than by its properties`)
    }
  }
  return changed
}
