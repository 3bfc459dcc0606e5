// What happens to the files of a checkpoint folder while no command runs.

import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Damage {
  readonly kind: DamageKind
  /** Where, as a share of the file: 0 to 1. */
  readonly at: number
}

const kinds = {
  'is cut off': (path: string, bytes: Buffer, at: number) => writeFileSync(path, cut(bytes, at)),
  'loses its last bytes': (path: string, bytes: Buffer, at: number) =>
    writeFileSync(path, bytes.subarray(0, Math.max(0, bytes.length - Math.ceil(at * 150)))),
  'has a flipped bit'(path: string, bytes: Buffer, at: number) {
    const place = Math.floor(at * bytes.length)
    if (bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ 4
    writeFileSync(path, bytes)
  },
  'has a block of zeros'(path: string, bytes: Buffer, at: number) {
    const place = Math.floor(at * bytes.length)
    writeFileSync(path, bytes.fill(0, place, Math.min(place + 64, bytes.length)))
  },
  'ends in garbage': (path: string) => appendFileSync(path, '\0garbage without an end'),
  'is empty': (path: string) => writeFileSync(path, ''),
  'is deleted': (path: string) => rmSync(path),
}

export type DamageKind = keyof typeof kinds
export const damageKinds = Object.keys(kinds).filter((name): name is DamageKind => name in kinds)

/** @returns what was done; `undefined` if there was no checkpoint */
export function applyDamage(folder: string, { kind, at }: Damage): string | undefined {
  const names = filesIn(folder).filter(name => name.endsWith('.journal'))
  for (const name of names) {
    const path = join(folder, name)
    const bytes = readFileSync(path)
    kinds[kind](path, bytes, at)
  }
  return names.length > 0 ? `the checkpoint ${kind}` : undefined
}

/** Names of all files below a folder; none if it does not exist. */
export function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}

function cut(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(0, Math.floor(at * bytes.length))
}
