// Where the credentials of a command came from. If OSS does not accept them, the message says so, and the user looks
// for the mistake in the right place.

import { type CredentialsLink, refusesCredentials } from '../../runtimes/node/index.ts'

/** By the screen of the command. */
const sources = new WeakMap<object, string>()

export function keepSource(command: object, links: readonly CredentialsLink[]): void {
  const used = links.find(({ outcome }) => outcome === 'used')
  if (used !== undefined) sources.set(command, used.name)
}

/** A sentence that names the source, if that is what the error is about and the source is known; else nothing. */
export function sourceAdvice(error: unknown, command: object): string[] {
  if (!refusesCredentials(error)) return []
  const name = sources.get(command)
  return name === undefined ? [] : [`The credentials came from ${name}.`]
}
