// Finds and reads the configuration files. The caller decides which one is used.

import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { OptionError } from '../../../errors.ts'
import { codeOf } from '../../../foreign/error.ts'
import { parseAlibabaCloudFile } from './alibabacloud-file.ts'
import { parseAliyunFile } from './aliyun-file.ts'
import type { ConfigFile } from './config-file.ts'
import { isOn, type Surroundings, variable } from './options.ts'
import { parseOssutilFile } from './ossutil-file.ts'
import { misconfigured } from './refusal.ts'

export const fileKinds = ['ossutil', 'aliyun', 'alibabacloud'] as const
export type FileKind = (typeof fileKinds)[number]

interface FileRule {
  readonly standard: readonly string[]
  /** The variable that names another file. */
  readonly pathVariable?: string
  /** The variable that names a profile. */
  readonly profileVariable: string
  parse(text: string, path: string): ConfigFile
}

const rules: Readonly<Record<FileKind, FileRule>> = {
  ossutil: {
    standard: ['.ossutilconfig'],
    pathVariable: 'OSSUTIL_CONFIG_FILE',
    profileVariable: 'OSSUTIL_PROFILE',
    parse: parseOssutilFile,
  },
  aliyun: {
    standard: ['.aliyun', 'config.json'],
    profileVariable: 'ALIBABA_CLOUD_PROFILE',
    parse: parseAliyunFile,
  },
  alibabacloud: {
    standard: ['.alibabacloud', 'credentials'],
    pathVariable: 'ALIBABA_CLOUD_CREDENTIALS_FILE',
    profileVariable: 'ALIBABA_CLOUD_PROFILE',
    parse: parseAlibabaCloudFile,
  },
}

/** The variable that chooses a profile of that file, if it is set. */
export function chosenByVariable(kind: FileKind, { env }: Surroundings) {
  const { profileVariable: name } = rules[kind]
  const profile = variable(env, name)
  return profile === undefined ? undefined : { name, profile }
}

/** The files. Each is read once, when it is first needed. */
export class ConfigFiles {
  readonly #around: Surroundings
  readonly #read = new Map<FileKind, Promise<ConfigFile | undefined>>()

  constructor(around: Surroundings) {
    this.#around = around
  }

  /**
   * Reads a file. Returns `undefined` if it does not exist, unless a variable names the file.
   * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED`
   */
  get(kind: FileKind): Promise<ConfigFile | undefined> {
    const reading = this.#read.get(kind) ?? readConfigFile(kind, this.#around)
    this.#read.set(kind, reading)
    return reading
  }

  /**
   * The first file that has the profile.
   * @throws {OptionError} `INVALID_PROFILE` if no file has it; it names the existing profiles
   */
  async find(profile: string): Promise<{ kind: FileKind; file: ConfigFile }> {
    for (const kind of this.kinds()) {
      const file = await this.get(kind)
      if (file?.has(profile)) return { kind, file }
    }
    throw await this.noSuchProfile(profile, this.kinds())
  }

  /** The kinds of files to search. */
  kinds(): readonly FileKind[] {
    const isOff = isOn(this.#around.env, 'ALIBABA_CLOUD_CLI_PROFILE_DISABLED')
    return fileKinds.filter(kind => kind !== 'aliyun' || !isOff)
  }

  async noSuchProfile(profile: string, kinds: readonly FileKind[]): Promise<OptionError> {
    const known: string[] = []
    for (const kind of kinds) {
      const file = await this.get(kind)
      if (file !== undefined) known.push(`${file.profiles.join(', ') || 'none'} in ${file.path}`)
    }
    const paths = kinds.map(kind => pathShown(kind, this.#around)).join(', ')
    return new OptionError('INVALID_PROFILE', `There is no profile '${profile}'`, {
      hint:
        known.length > 0 ? `Known: ${known.join('; ')}` : `None of these files exists: ${paths}`,
    })
  }
}

/** The path in short form: `~/.aliyun/config.json`. */
export function pathShown(kind: FileKind, around: Surroundings): string {
  const { home } = around
  const path = pathOf(kind, around) ?? join('~', ...rules[kind].standard)
  return home !== undefined && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path
}

/** The path of the file; `undefined` if the user has no home folder. */
function pathOf(kind: FileKind, { env, home }: Surroundings): string | undefined {
  const { standard, pathVariable } = rules[kind]
  const given = pathVariable === undefined ? undefined : variable(env, pathVariable)
  const below =
    given === undefined ? standard : given.startsWith('~/') ? [given.slice(2)] : undefined
  if (below === undefined) return given
  return home === undefined ? undefined : join(home, ...below)
}

async function readConfigFile(
  kind: FileKind,
  around: Surroundings,
): Promise<ConfigFile | undefined> {
  const { pathVariable = '', parse } = rules[kind]
  const shown = pathShown(kind, around)
  const path = pathOf(kind, around)
  const isNamed = variable(around.env, pathVariable) !== undefined
  if (path === undefined) {
    if (!isNamed) return undefined
    throw misconfigured(
      `${pathVariable} names ${shown}, but this user has no home folder`,
      'Set HOME',
    )
  }
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const code = codeOf(cause) ?? 'unknown'
    if ((code === 'ENOENT' || code === 'ENOTDIR') && !isNamed) return undefined
    throw misconfigured(
      `${shown} cannot be read (${code})`,
      isNamed ? `Check ${pathVariable}` : undefined,
    )
  }
  return parse(text, shown)
}
