// The home folder of the user. Some processes have none: a container may run without HOME, as a user without an
// entry in /etc/passwd. So the home folder is looked up only where a default needs it.

import { homedir, userInfo } from 'node:os'

/** The home folder; `undefined` if HOME is missing or empty and the user database has no entry either. */
export function homeFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const set = env[process.platform === 'win32' ? 'USERPROFILE' : 'HOME']
  if (set !== undefined && set !== '') return set
  // `homedir()` returns an empty HOME unchanged. `userInfo()` ignores HOME.
  return firstOf(homedir, () => userInfo().homedir)
}

function firstOf(...ways: readonly (() => string)[]): string | undefined {
  for (const way of ways) {
    try {
      const home = way()
      if (home !== '') return home
    } catch {
      // The user database has no entry, or no descriptor is free to read it.
    }
  }
  return undefined
}
