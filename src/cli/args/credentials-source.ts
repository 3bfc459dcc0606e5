// Remembers where the credentials of a command came from. If OSS rejects them, the message names that source, so
// the user corrects the right place.

import { type CredentialsLink, refusesCredentials } from '../../runtimes/node/index.ts'

/** The sources, by the screen of the command. */
const sources = new WeakMap<object, string>()

export function keepSource(command: object, links: readonly CredentialsLink[]): void {
  const used = links.find(({ outcome }) => outcome === 'used')
  if (used !== undefined) sources.set(command, used.name)
}

/**
 * A sentence that names the source of the credentials, if the error is about credentials and the source is
 * known; otherwise nothing.
 */
export function sourceHint(error: unknown, command: object): string[] {
  if (!refusesCredentials(error)) return []
  const name = sources.get(command)
  return name === undefined ? [] : [`The credentials came from ${name}.`]
}
