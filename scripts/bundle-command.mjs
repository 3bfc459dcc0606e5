// The command as it is started: its code in few scripts, read as they are wanted (src/cli/start/code.ts).
// esbuild cuts it into modules, as few as commands that are loaded by themselves need; here they become
// CommonJS, which starts faster, and are put together:
//
//   main.js     what every run needs, and what any run may: to read flags, and to say how it failed
//   upload.js   of each command what it is, for its help, and what it does
//   engine.js   the library with the views of it, most of the code, whose compiled form is kept
//   server.js   the local OSS
//
// What a command imports of the last two is loaded when it is first used: its help does without.

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
  const later = new Set()
  const scripts = new Map()
  for (const [name, { script, text }] of modules) {
    const isLater = imported => isHeavy(modules.get(imported).script) && !isHeavy(script)
    const code = lazyImports(commonJs(text), isLater, later)
    const head = `${JSON.stringify(name)}(exports, module, require, later, __filename, performance) {`
    scripts.set(script, `${scripts.get(script) ?? '({\n'}${head}${code}},\n`)
  }
  mkdirSync(join(folder, 'code'), { recursive: true })
  for (const [name, text] of scripts) writeFileSync(join(folder, 'code', name), `${text}})\n`)
  const built = {
    engine,
    hash: createHash('sha256')
      .update([...scripts.values()].join(''))
      .digest('hex')
      .slice(0, 16),
    scripts: Object.fromEntries(
      [...modules].filter(([name, { script }]) => script !== name).map(([n, m]) => [n, m.script]),
    ),
    later: [...later].sort(),
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
    entryPoints: {
      main: 'src/cli/main.ts',
      engine: 'src/runtimes/node/index.ts',
      server: 'src/server/index.ts',
      // Of the engine, what it takes to say how a command failed.
      errors: 'src/errors.ts',
      refusal: 'src/oss/refused-credentials.ts',
    },
    outdir: '.',
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    // With their dependencies: to find and load those one by one takes a fifth of a short command's time.
    define,
  })
  const scriptOf = scriptsFor(metafile.outputs)
  return new Map(
    outputFiles.map(({ path, text }) => {
      const name = basename(path)
      return [name, { script: scriptOf(name), text }]
    }),
  )
}

/** Which script a module belongs to. */
function scriptsFor(outputs) {
  // A failure is told without reading another file: that files cannot be opened may be the failure.
  const always = reached(['main.js', 'errors.js', 'refusal.js'], outputs, isStatic)
  const library = reached(['engine.js'], outputs)
  const server = reached(['server.js'], outputs)
  return name => {
    if (always.has(name)) return 'main.js'
    const { entryPoint = '', inputs } = outputs[name]
    const sources = Object.keys(inputs)
    const isView = sources.length > 0 && sources.every(path => path.startsWith('src/cli/view/'))
    if (library.has(name) || isView) return engine
    if (server.has(name)) return 'server.js'
    const [, command] = /^src\/cli\/(?:\w+\/)?(?!failure)([\w-]+)\.ts$/.exec(entryPoint) ?? []
    return command === undefined ? 'main.js' : `${command}.js`
  }
}

const isHeavy = script => script === engine || script === 'server.js'
const isStatic = ({ kind }) => kind === 'import-statement'

/** Those modules, and what they import, and so on. */
function reached(names, outputs, isFollowed = () => true, seen = new Set()) {
  for (const name of names) {
    if (seen.has(name)) continue
    seen.add(name)
    const imports = outputs[name].imports.filter(one => one.external !== true && isFollowed(one))
    reached(
      imports.map(({ path }) => path),
      outputs,
      isFollowed,
      seen,
    )
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

/**
 * Node's own modules are loaded when they are first used, and not with the module that imports them; so
 * are those of the command of which `isLater` is true.
 */
function lazyImports(code, isLater, later) {
  const names = new Map()
  const without = code.replace(
    /^var (import_\w+) = require\("([\w./:-]+)"\);\n/gm,
    (line, variable, name) => {
      if (!name.startsWith('node:') && !isLater(basename(name))) return line
      later.add(name)
      names.set(variable, name)
      return ''
    },
  )
  const changed = without.replace(/\b(import_\w+)\./g, (use, variable) =>
    names.has(variable) ? `later[${JSON.stringify(names.get(variable))}].` : use,
  )
  for (const variable of names.keys()) {
    if (new RegExp(`\\b${variable}\\b`).test(changed)) {
      throw new Error(`${variable} is used otherwise than by its properties`)
    }
  }
  return changed
}
