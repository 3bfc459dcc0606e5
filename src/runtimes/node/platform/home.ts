// The home folder of the user. Not every process has one: a container may run as a user without an entry
// in /etc/passwd and without HOME. So it is looked for only where a default needs it.

import { homedir, userInfo } from 'node:os'

/** `undefined` if HOME is not set, or empty, and the user database does not know one either. */
export function homeFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const set = env[process.platform === 'win32' ? 'USERPROFILE' : 'HOME']
  if (set !== undefined && set !== '') return set
  // homedir() gives back an empty HOME, userInfo() does not look at it.
  return firstOf(homedir, () => userInfo().homedir)
}

function firstOf(...ways: readonly (() => string)[]): string | undefined {
  for (const way of ways) {
    try {
      const home = way()
      if (home !== '') return home
    } catch {
      // No entry in the user database, or no descriptor left to read it.
    }
  }
  return undefined
}
