import { sha256 } from '../hash/sha256.ts'

/** The name of an upload's journal: always the same for the same destination and source. */
export function journalName(place: string, key: string, sourceId: string): string {
  const digest = sha256(new TextEncoder().encode(`${place}\n${key}\n${sourceId}`))
  return Array.from(digest.subarray(0, 20), byte => byte.toString(16).padStart(2, '0')).join('')
}
