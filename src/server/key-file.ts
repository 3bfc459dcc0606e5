// The key pair of a data folder, made by chance when there is none.

import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../foreign/error.ts'
import type { KeyPair } from './auth/keys.ts'
import { putFile } from './disk/put-file.ts'

export function randomKey(): KeyPair {
  return {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    accessKeySecret: randomBytes(15).toString('hex'),
  }
}

/** Reads the folder's keys, or makes one pair and keeps it, readable to the owner alone. */
export async function keysOfFolder(directory: string): Promise<readonly KeyPair[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, 'keys.json')
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const keys = [randomKey()]
  await putFile(path, `${JSON.stringify(keys, undefined, 2)}\n`)
  return keys
}
