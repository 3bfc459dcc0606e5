// The command's code as the build leaves it (scripts/bundle-command.mjs): scripts that each hold some
// modules. A script is read when the first of its modules is wanted. Node's own modules, and from outside
// of it the engine, are loaded when something of them is first used: to load all that an upload might
// need takes longer than a small upload, and the help needs none of it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'

/** Where the build put what. */
export interface Layout {
  /** The script of each module; one that is not named here has a script of its own. */
  readonly scripts: Readonly<Record<string, string>>
  /** Modules that are loaded when something of them is first used: `node:name`, `./name.js`. */
  readonly later: readonly string[]
}

/** Called before a script is compiled. @returns its compiled form, if an earlier start kept it */
export type CompiledBefore = (script: string) => Buffer | undefined

interface Module {
  exports: unknown
}

type Load = (
  exports: unknown,
  module: Module,
  require: (id: string) => unknown,
  later: object,
  filename: string,
  performance: object,
) => void

export class Code {
  /** Those that were wanted so far. */
  readonly compiled = new Map<string, Script>()
  readonly #folder: string
  readonly #layout: Layout
  readonly #compiledBefore: CompiledBefore
  readonly #later: object
  readonly #scripts = new Map<string, Readonly<Record<string, Load>>>()
  readonly #modules = new Map<string, Module>()

  constructor(folder: string, layout: Layout, compiledBefore: CompiledBefore) {
    this.#folder = folder
    this.#layout = layout
    this.#compiledBefore = compiledBefore
    this.#later = lazily(layout.later, this.require)
  }

  /** @param id `./name.js` of a module of the command, else one of Node.js */
  readonly require = (id: string): unknown => {
    if (!id.startsWith('./')) return process.getBuiltinModule(id)
    const name = id.slice(2)
    const loaded = this.#modules.get(name)
    if (loaded !== undefined) return loaded.exports
    const module: Module = { exports: {} }
    this.#modules.set(name, module)
    const script = this.#layout.scripts[name] ?? name
    const load = this.#script(script)[name]
    if (load === undefined) throw new Error(`${name} is not in ${script}`)
    load(module.exports, module, this.require, this.#later, join(this.#folder, script), performance)
    module.exports = plain(module.exports)
    return module.exports
  }

  #script(name: string): Readonly<Record<string, Load>> {
    const loaded = this.#scripts.get(name)
    if (loaded !== undefined) return loaded
    const filename = join(this.#folder, name)
    const cachedData = this.#compiledBefore(name)
    // The build writes ASCII.
    const script = new Script(readFileSync(filename, 'latin1'), {
      filename,
      ...(cachedData !== undefined && { cachedData }),
    })
    this.compiled.set(name, script)
    const modules: Readonly<Record<string, Load>> = script.runInThisContext()
    this.#scripts.set(name, modules)
    return modules
  }
}

/**
 * esbuild exports by getters, each use of which is a call: 7 % of the CPU time of 2,000 small parts. Nothing
 * that is exported changes once its module was run.
 */
function plain(exports: unknown): unknown {
  const isModule = typeof exports === 'object' && exports !== null && '__esModule' in exports
  return isModule ? Object.defineProperty({ ...exports }, '__esModule', { value: true }) : exports
}

/** In place of Node's own, for whose first use Node.js 20 loads seven modules. */
const performance = {
  /** Milliseconds on a clock that only goes forward. */
  now() {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1000 + nanoseconds / 1e6
  },
}

/** An object whose properties are loaded when they are first read. */
function lazily(names: readonly string[], load: (name: string) => unknown): object {
  const all = {}
  for (const name of names) {
    Object.defineProperty(all, name, {
      configurable: true,
      get() {
        const value = load(name)
        Object.defineProperty(all, name, { value })
        return value
      },
    })
  }
  return all
}
