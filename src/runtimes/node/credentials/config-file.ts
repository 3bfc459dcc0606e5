// What the three kinds of configuration files have in common once they are understood.

import { isOssupError } from '../../../errors.ts'
import { parseEndpoint } from '../../../oss/endpoint-host.ts'
import { looseName } from './ini.ts'
import { misconfigured } from './refusal.ts'
import type { CredentialsSource } from './source.ts'

/** Where a bucket is, as far as a profile says it. */
export interface Location {
  readonly region?: string
  readonly endpoint?: string
  /** The region's internal endpoint. */
  readonly internal?: boolean
  readonly cname?: boolean
  readonly pathStyle?: boolean
}

export interface ConfigFile {
  /** For messages: `~/.ossutilconfig`. */
  readonly path: string
  readonly profiles: readonly string[]
  /** The profile that counts if none is named. */
  readonly current: string
  has(profile: string): boolean
  /**
   * How the profile's credentials are had; `undefined` if it says nothing of them.
   * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` for what cannot be
   */
  source(profile: string): CredentialsSource | undefined
  location(profile: string, bucket?: string): Location
}

/**
 * Follows profiles that lean on another.
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` where one leans on itself or on none
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

/** A number of seconds as a file has it: JSON's, or text. Nothing and 0 are the default. */
export function secondsOf(value: unknown): number | undefined {
  const seconds = Number(value ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
}

/**
 * @param names as the file's own documentation spells them
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` naming those that are missing
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
 * @param what the file and profile, so that no flag or variable is blamed for them
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` for an endpoint that cannot be one
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
