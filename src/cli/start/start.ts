// Code and cache of one start put together.

import { isAbsolute, join } from 'node:path'
import { version } from '../version.ts'
import { cacheFolder } from './cache-folder.ts'
import { Code, type Layout } from './code.ts'
import { cacheFile, readCache, writeCache } from './code-cache.ts'

/** What the build says of itself (scripts/bundle-command.mjs). */
interface Built extends Layout {
  /** The script that is most of the code. */
  readonly engine: string
  /** Of the engine's source. */
  readonly hash: string
}

declare const BUILT: Built

/** After longer runs V8 has thrown away what was not called for a while, such as the start itself. */
const runMaxS = 30

export interface Start {
  /** @param id `./name.js` of a module of the command */
  require(id: string): unknown
  /** Keeps the compiled engine for the next start, unless it is kept. At the end of a short run that went well. */
  keep(): void
}

/**
 * @param command the functions of one command are kept together
 * @param flags of V8, set before most of the code is compiled
 */
export function startOf(command: string, flags: readonly string[] = []): Start {
  // Bun and Deno have caches of their own, or none.
  const isNode = !('bun' in process.versions || 'deno' in process.versions)
  const folder = isNode ? cacheFolder(process.env, process.platform, isAbsolute) : undefined
  let file: string | undefined
  const engine = {
    name: BUILT.engine,
    compiledBefore() {
      if (!isNode) return undefined
      const { cachedDataVersionTag, setFlagsFromString } = process.getBuiltinModule('node:v8')
      for (const flag of flags) setFlagsFromString(flag)
      if (folder === undefined) return undefined
      const tag = cachedDataVersionTag()
      // What is no command's name is typed by somebody and no name for a file.
      const name = /^[a-z]+$/.test(command) ? command : 'other'
      file = cacheFile(folder, { version, hash: BUILT.hash, tag, command: name })
      return readCache(folder, file)
    },
  }
  const code = new Code(join(__dirname, 'code'), BUILT, engine)
  return {
    require: code.require,
    keep() {
      const { engine: script } = code
      if (folder === undefined || file === undefined || script === undefined) return
      if (script.cachedDataRejected === false || process.uptime() > runMaxS) return
      writeCache(folder, file, () => script.createCachedData())
    },
  }
}
