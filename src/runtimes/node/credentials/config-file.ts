// The common form of the three kinds of configuration files.

import { isOssupError } from '../../../errors.ts'
import { parseEndpoint } from '../../../oss/endpoint-host.ts'
import { looseName } from './ini.ts'
import { misconfigured } from './refusal.ts'
import type { CredentialsSource } from './source.ts'

/** The location settings of a profile. */
export interface Location {
  readonly region?: string
  readonly endpoint?: string
  /** True for the internal endpoint of the region. */
  readonly internal?: boolean
  readonly cname?: boolean
  readonly pathStyle?: boolean
}

export interface ConfigFile {
  /** The path as shown in messages, such as `~/.ossutilconfig`. */
  readonly path: string
  readonly profiles: readonly string[]
  /** The profile that is used if the user names none. */
  readonly current: string
  has(profile: string): boolean
  /**
   * The source of the profile's credentials; `undefined` if it has none.
   * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` for wrong settings
   */
  source(profile: string): CredentialsSource | undefined
  location(profile: string, bucket?: string): Location
}

/**
 * Follows profiles that are based on another profile.
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` if one is based on itself or on a missing profile
 */
export function leanOn<T>(
  chain: readonly string[],
  next: string,
  place: { path: string; has(profile: string): boolean },
  follow: (chain: readonly string[]) => T,
): T {
  const names = [...chain, next]
  if (chain.at(-1) === next) {
    throw misconfigured(`Profile ${next} of ${place.path} leans on itself`)
  }
  if (chain.includes(next)) {
    throw misconfigured(`Profiles of ${place.path} lean on each other: ${names.join(', ')}`)
  }
  if (!place.has(next)) {
    throw misconfigured(
      `Profile ${chain.at(-1)} of ${place.path} leans on ${next}, which is not in it`,
    )
  }
  return follow(names)
}

/** A number of seconds from a file, as number or string. An absent value and 0 mean the default. */
export function secondsOf(value: unknown): number | undefined {
  const seconds = Number(value ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
}

/**
 * @param names in the spelling of the file's documentation
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED`, which names the missing fields
 */
export function demand(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
  what: string,
): void {
  const missing = names.filter(name => !fields[name] && !fields[looseName(name)])
  if (missing.length > 0) throw misconfigured(`${what} has no ${missing.join(' and no ')}`)
}

/**
 * Finds a location and checks its endpoint.
 * @param what the file and profile, so that the error does not name a flag or variable
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` for a wrong endpoint
 */
export function checkedLocation(find: () => Location, what: string): Location {
  try {
    const location = find()
    if (location.endpoint !== undefined) parseEndpoint(location.endpoint)
    return location
  } catch (error) {
    if (!isOssupError(error) || error.code !== 'INVALID_ENDPOINT') throw error
    throw misconfigured(`${what}: ${error.shortMessage}`, error.hint)
  }
}
