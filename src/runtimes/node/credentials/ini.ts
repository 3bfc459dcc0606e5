// Reads the INI files of OSS's tools, which allow many spellings. We use no library: the maintained ones cut values at
// `;` or `.`, or lose the order of entries, which `[buckets …]` needs.

import { misconfigured } from './refusal.ts'

export interface IniEntry {
  /** The name as in the file. */
  readonly name: string
  readonly value: string
}

export interface IniSection {
  /** The name of the section: the text between the brackets. */
  readonly name: string
  readonly entries: readonly IniEntry[]
}

/** `accessKeyID`, `access-key-id` and `access_key_id` count as one name. */
export function looseName(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '')
}

/**
 * Comments are lines that start with `#` or `;`, and the text after ` #` outside of quotes.
 * @param path for messages; they never quote a line, which may have a secret
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED`, which names the line number
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

/** The entries of all sections with one name. If an entry occurs more than once, the last is used. */
export function settingsOf(
  sections: readonly IniSection[],
  isMeant: (name: string) => boolean,
): Map<string, string> {
  const entries = sections.filter(({ name }) => isMeant(name)).flatMap(section => section.entries)
  return new Map(entries.map(({ name, value }) => [looseName(name), value]))
}
