// Where this user's caches are, on each system.

import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The folder of the compiled code; `undefined` where none is to be used: switched off by
 * `NODE_DISABLE_COMPILE_CACHE`, which is Node's own word for it, or no home to be found.
 * @param isAbsolute tells an absolute path of that platform; others are ignored
 */
export function cacheFolder(
  env: Env,
  platform: NodeJS.Platform,
  isAbsolute: (path: string) => boolean,
): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined
  const given = platform === 'win32' ? env.LOCALAPPDATA : env.XDG_CACHE_HOME
  const home = env.HOME
  const usual =
    platform === 'win32' || !home
      ? undefined
      : join(home, platform === 'darwin' ? 'Library/Caches' : '.cache')
  const caches = [given, usual].find(path => path && isAbsolute(path))
  return caches === undefined ? undefined : join(caches, 'ossup')
}
