// What the help says of each command. The build puts the words of all commands here (scripts/bundle-command.mjs), so
// that the help loads none of them; from the sources each command describes itself.

import type { Description } from './args/command.ts'

export const descriptions: Readonly<Record<string, Description>> = {}
