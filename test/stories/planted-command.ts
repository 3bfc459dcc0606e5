import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleCommand } from '../../scripts/bundle-command.mjs'
import { type PlantedBug, planted } from '../simulation/bundle.ts'

/**
 * Builds the command with bugs in it, each switched on by its name in the variable OSSUP_PLANTED_BUG.
 * @param folder made; holds a copy of the sources and the command
 * @returns the path of the command
 */
export async function buildPlanted(
  root: string,
  folder: string,
  bugs: readonly PlantedBug[],
): Promise<string> {
  mkdirSync(folder)
  for (const name of ['src', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const bug of bugs) {
    const path = join(folder, bug.file)
    const isOn = `(process.env.OSSUP_PLANTED_BUG === ${JSON.stringify(bug.name)})`
    writeFileSync(path, planted(readFileSync(path, 'utf8'), bug, isOn))
  }
  await bundleCommand(folder, join(folder, 'cli'))
  return join(folder, 'cli', 'bin.js')
}
