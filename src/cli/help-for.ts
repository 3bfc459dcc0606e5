// Finds out whether the arguments ask for help, and about what. It loads no command.

import type { Description } from './args/command.ts'

/**
 * The help page that the arguments ask for, wrapped to the width of the window. `undefined` if they ask for
 * none, or if `describe` does not know the command.
 */
export async function helpFor(
  args: readonly string[],
  columns: number,
  describe: (command: string) => Promise<Description | undefined>,
): Promise<string | undefined> {
  const [name, ...rest] = args
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  const asked = own.includes('--help') || own.includes('-h') ? name : undefined
  const topic = name === 'help' ? rest[0] : asked
  const isGeneral = name === undefined || name === '--help' || name === '-h'
  if (!isGeneral && name !== 'help' && topic === undefined) return undefined
  const help = await import('./help.ts')
  if (topic === undefined || topic === 'help' || isGeneral) return help.generalHelp(columns)
  const page = help.topicHelp(topic, columns)
  if (page !== undefined) return page
  const described = await describe(topic)
  return described && help.commandHelp(topic, described, columns)
}
