// Code and cache of one start put together.

import { isAbsolute, join } from 'node:path'
import type { Script } from 'node:vm'
import { version } from '../output/version.ts'
import { cacheFolder } from './cache-folder.ts'
import { Code, type Layout } from './code.ts'
import { cacheFile, readCache, writeCache } from './code-cache.ts'

/** What the build says of itself (scripts/bundle-command.mjs). */
interface Built extends Layout {
  /** The script that is most of the code. */
  readonly engine: string
  /** Of the sources of all scripts. */
  readonly hash: string
}

declare const BUILT: Built

/** After longer runs V8 has thrown away what was not called for a while, such as the start itself. */
const runMaxS = 30

export interface Start {
  /** @param id `./name.js` of a module of the command */
  require(id: string): unknown
  /** Keeps the compiled scripts for the next start, unless they are kept. At the end of a short run that went well. */
  keep(): void
}

/**
 * @param command the functions of one command are kept together; `undefined` for what does without the engine
 * @param flags of V8, set before anything is compiled
 */
export function startOf(command: string | undefined, flags: readonly string[] = []): Start {
  // Bun and Deno have caches of their own, or none.
  const isNode = !('bun' in process.versions || 'deno' in process.versions)
  const folder = isNode ? cacheFolder(process.env, process.platform, isAbsolute) : undefined
  let file: string | undefined
  let kept: ReadonlyMap<string, Buffer> | undefined
  if (isNode && command !== undefined) {
    const { cachedDataVersionTag, setFlagsFromString } = process.getBuiltinModule('node:v8')
    for (const flag of flags) setFlagsFromString(flag)
    if (folder !== undefined) {
      const tag = cachedDataVersionTag()
      // What is no command's name is typed by somebody and no name for a file.
      const name = /^[a-z]+$/.test(command) ? command : 'other'
      file = cacheFile(folder, { version, hash: BUILT.hash, tag, command: name })
      kept = readCache(folder, file)
    }
  }
  const code = new Code(join(__dirname, 'code'), BUILT, script => kept?.get(script))
  return {
    require: code.require,
    keep() {
      const engine = code.compiled.get(BUILT.engine)
      if (folder === undefined || file === undefined || engine === undefined) return
      if (engine.cachedDataRejected === false || process.uptime() > runMaxS) return
      const data = ([name, script]: [string, Script]) => [name, script.createCachedData()] as const
      writeCache(folder, file, () => new Map([...code.compiled].map(data)))
    },
  }
}
