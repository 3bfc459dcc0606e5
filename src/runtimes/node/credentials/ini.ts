// The INI files of OSS's tools: loose in their spelling, so read loosely. Not a library: those that are
// maintained cut values at `;` or `.`, or lose the order of entries, which `[buckets …]` lives from.

import { misconfigured } from './refusal.ts'

export interface IniEntry {
  /** As written. */
  readonly name: string
  readonly value: string
}

export interface IniSection {
  /** As written between the brackets. */
  readonly name: string
  readonly entries: readonly IniEntry[]
}

/** `accessKeyID`, `access-key-id` and `access_key_id` are one name. */
export function looseName(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '')
}

/**
 * Comments are lines that begin with `#` or `;`, and what follows ` #` outside of quotes.
 * @param path for messages, which never quote a line: it may hold a secret
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` naming the line
 */
export function parseIni(text: string, path: string): IniSection[] {
  const sections: (IniSection & { entries: IniEntry[] })[] = []
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim()
    if (line === '' || /^[#;]/.test(line)) continue
    const header = /^\[([^\]]*)\]\s*(?:[#;].*)?$/.exec(line)?.[1]
    if (header !== undefined) {
      sections.push({ name: header.trim(), entries: [] })
      continue
    }
    const [, name, value] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? []
    const section = sections.at(-1)
    if (name === undefined || section === undefined) {
      throw misconfigured(
        `${path}, line ${index + 1}, cannot be understood`,
        'Expected: [section], then key = value, or a comment that begins with #',
      )
    }
    section.entries.push({ name, value: plain(value ?? '') })
  }
  return sections
}

function plain(value: string): string {
  const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(value)?.[2]
  return quoted ?? value.replace(/(?:^|\s)#.*$/, '').trim()
}

/** The entries of all sections of one name; of several with one name the last counts. */
export function settingsOf(
  sections: readonly IniSection[],
  isMeant: (name: string) => boolean,
): Map<string, string> {
  const entries = sections.filter(({ name }) => isMeant(name)).flatMap(section => section.entries)
  return new Map(entries.map(({ name, value }) => [looseName(name), value]))
}
