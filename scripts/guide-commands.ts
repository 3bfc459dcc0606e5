// What scripts/guide.mjs shows of the command.

export { commonFlags } from '../src/cli/connect/connection.ts'
export { exitCodes } from '../src/cli/errors/exit-code-table.ts'

import { commands as entries } from '../src/cli/commands.ts'

export const commands = await Promise.all(
  Object.entries(entries).map(async ([name, entry]) => ({
    name,
    summary: entry.summary,
    command: await entry.load(),
  })),
)
