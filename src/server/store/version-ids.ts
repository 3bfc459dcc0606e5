// Version ids. OSS's ids are opaque and start with CAEQ. Ours have that form and contain a number that only grows, so
// an id is never used again after its version was deleted.

import type { ObjectRecord } from './records.ts'

/** The id of a version without its own id: it was stored without versioning, or while versioning was suspended. */
export const nullVersion = 'null'

const start = 'CAEQ'
const digits = 21

/** Returns the id that addresses a version. */
export function versionIdOf(object: ObjectRecord): string {
  return object.versionId ?? nullVersion
}

/** Returns the id with this number. */
export function writeVersionId(number: number): string {
  return start + Buffer.from(String(number).padStart(digits, '0')).toString('base64')
}

/** Returns the number in an id of this server, 0 for any other id. */
export function readVersionId(id: string): number {
  if (!id.startsWith(start)) return 0
  const text = Buffer.from(id.slice(start.length), 'base64').toString()
  return /^\d{21}$/.test(text) ? Number(text) : 0
}

/**
 * Returns whether a string has the form of an id. For other strings, OSS answers InvalidArgument, not NoSuchVersion.
 */
export function isVersionId(text: string): boolean {
  return text === nullVersion || /^CAEQ[\w.-]{8,}$/.test(text)
}
