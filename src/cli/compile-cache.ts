// Node.js 22.8 and later can keep V8's compiled code between starts. A user who can write to that cache can run
// code as us. So the cache is in this user's own cache folder, not in the shared temporary folder, which is Node's
// default.

import { isAbsolute, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Enables the cache. Node.js itself checks `NODE_DISABLE_COMPILE_CACHE`. */
export function keepCompiledCode(env: Env): void {
  const folder = cacheFolder(env, process.platform)
  const nodeModule = process.getBuiltinModule('node:module')
  if (folder === undefined || !('enableCompileCache' in nodeModule)) return
  if (typeof nodeModule.enableCompileCache === 'function') nodeModule.enableCompileCache(folder)
}

/** The cache folder; `undefined` if the user has no folder for caches. */
export function cacheFolder(env: Env, platform: NodeJS.Platform): string | undefined {
  const given = platform === 'win32' ? env.LOCALAPPDATA : env.XDG_CACHE_HOME
  const home = env.HOME
  const usual =
    platform === 'win32' || !home
      ? undefined
      : join(home, platform === 'darwin' ? 'Library/Caches' : '.cache')
  const caches = [given, usual].find(path => path && isAbsolute(path))
  return caches === undefined ? undefined : join(caches, 'ossup')
}
