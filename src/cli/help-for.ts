// Whether the arguments ask for help, and about what. Loads no command.

import type { Description } from './args/command.ts'

/**
 * The help that the arguments ask for; `undefined` if they ask for none, or `describe` knows no such command.
 */
export async function helpFor(
  args: readonly string[],
  describe: (command: string) => Promise<Description | undefined>,
): Promise<string | undefined> {
  const [name, ...rest] = args
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  const asked = own.includes('--help') || own.includes('-h') ? name : undefined
  const topic = name === 'help' ? rest[0] : asked
  const isGeneral = name === undefined || name === '--help' || name === '-h'
  if (!isGeneral && name !== 'help' && topic === undefined) return undefined
  const help = await import('./help.ts')
  if (topic === undefined || topic === 'help') return help.generalHelp()
  const described = await describe(topic)
  return described && help.commandHelp(topic, described)
}
