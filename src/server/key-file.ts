// The key pair of a data folder. The first server that uses a folder creates a random key pair.

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../runtimes/node/platform/system-error.ts'
import type { KeyPair } from './auth/keys.ts'
import { putFile } from './disk/put-file.ts'

export function randomKey(): KeyPair {
  return {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    accessKeySecret: randomBytes(15).toString('hex'),
  }
}

/**
 * Reads the keys of a folder that this server has locked. If there are none, creates a key pair and stores it so that
 * only this user can read it.
 */
export async function keysOfFolder(directory: string): Promise<readonly KeyPair[]> {
  const path = join(directory, 'keys.json')
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  const keys = [randomKey()]
  await putFile(path, `${JSON.stringify(keys, undefined, 2)}\n`)
  return keys
}
