import { readdirSync } from 'node:fs'

/** Names in a folder; none while the folder does not exist. A killed command may not have made it yet. */
export function namesIn(folder) {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}
