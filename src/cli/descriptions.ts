// The descriptions of all commands. The build inserts them here (scripts/bundle-command.mjs), so the help loads no
// command. When ossup runs from its sources, each command is loaded for its own description.

import type { Description } from './args/command.ts'

export const descriptions: Readonly<Record<string, Description>> = {}
