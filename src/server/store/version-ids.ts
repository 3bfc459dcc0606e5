// Version ids. OSS's are opaque and begin with CAEQ; ours have that form and hold a number that only grows, so
// an id never returns after its version was deleted.

import type { ObjectRecord } from './records.ts'

/** The id of the one version that has none of its own: stored without versioning, or while it was suspended. */
export const nullVersion = 'null'

const start = 'CAEQ'
const digits = 21

/** The id under which a version is addressed. */
export function versionIdOf(object: ObjectRecord): string {
  return object.versionId ?? nullVersion
}

/** The id with this number. */
export function writeVersionId(number: number): string {
  return start + Buffer.from(String(number).padStart(digits, '0')).toString('base64')
}

/** The number in an id of ours, 0 for any other id. */
export function readVersionId(id: string): number {
  if (!id.startsWith(start)) return 0
  const text = Buffer.from(id.slice(start.length), 'base64').toString()
  return /^\d{21}$/.test(text) ? Number(text) : 0
}

/** Whether a string has the form of an id. OSS answers others with InvalidArgument, not with NoSuchVersion. */
export function isVersionId(text: string): boolean {
  return text === nullVersion || /^CAEQ[\w.-]{8,}$/.test(text)
}
