// Bugs that the stories have to find. Those of the engine are the simulation's own.

import type { PlantedBug } from '../simulation/bundle.ts'
import { plantedBugs as simulated } from '../simulation/planted-bugs.ts'

const fromSimulation = [
  'the source is not looked at again before Complete',
  'headers of an earlier run are kept',
  'what a lost answer to Initiate left behind is forgotten',
  'Initiate is repeated blindly',
]

const ofCommand: readonly PlantedBug[] = [
  {
    name: 'a stored object is not sent again although its metadata are others',
    file: 'src/cli/commands/already-stored.ts',
    replace: `JSON.stringify(wanted.sort()) === JSON.stringify(stored.sort())`,
    by: `(PLANTED || JSON.stringify(wanted.sort()) === JSON.stringify(stored.sort()))`,
  },
  {
    name: 'a source that changed ends as a success',
    file: 'src/cli/errors/exit-codes.ts',
    replace: `[error => error instanceof SourceError, 4],`,
    by: `[error => error instanceof SourceError, PLANTED ? 0 : 4],`,
  },
]

export const plantedBugs: readonly PlantedBug[] = [
  ...simulated.filter(({ name }) => fromSimulation.includes(name)),
  ...ofCommand,
]
